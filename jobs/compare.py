"""Say what a score's challenger would change in place of its champion, before anybody promotes it."""

from qualscore.runs.main import main
from qualscore.stages.check import CHECK
from qualscore.stages.compare import COMPARE

if __name__ == "__main__":
    main("compare", __doc__, [CHECK, COMPARE])
