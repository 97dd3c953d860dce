"""Write deliveries of made-up companies, of any number, with a known truth."""

from qualscore.runs.main import main
from qualscore.stages.sample import SAMPLE, overlay_of_sample

if __name__ == "__main__":
    main("generate_sample", __doc__, [SAMPLE], overlay=overlay_of_sample)
