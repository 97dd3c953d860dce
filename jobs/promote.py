"""Make a score's challenger its champion, when it passes the gate or --force is given."""

from qualscore.runs.main import main
from qualscore.stages.check import CHECK
from qualscore.stages.promote import PROMOTE

if __name__ == "__main__":
    main("promote", __doc__, [CHECK, PROMOTE])
