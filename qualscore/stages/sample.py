"""A sample with a known truth, for those who have no data at hand."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from qualscore import sample
from qualscore.config import ROOT
from qualscore.paths import absolute
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.storage import places

ACCOUNTS, SEED = 20_000, 0


def overlay_of_sample(options: Namespace) -> Path | None:
    """The sample's own settings and its own day, when `--sample` or the job itself asks for them."""
    if not getattr(options, "sample", True):
        return None
    options.as_of = options.as_of or sample.AS_OF  # later, its research would be of weeks that nobody delivered
    return sample.write_configuration(_folder(options), accounts=_accounts(options), seed=_seed(options))


def configuration_of(options: Namespace) -> Path:
    """The sample's own settings, which `overlay_of_sample` has written."""
    return _folder(options) / sample.CONFIGURATION


def generate(run: Run) -> Outcome:
    """Writes the sample's deliveries, and the truth behind them."""
    folder = _folder(run.options)
    counts = sample.generate(run.spark, str(folder), accounts=_accounts(run.options), seed=_seed(run.options), as_of=sample.AS_OF)
    return Outcome(f"{counts['firmographics']:,} companies in {folder}", counts=counts)


def _depends(run: Run) -> Mapping[str, object]:
    folder = _folder(run.options)
    return {"accounts": _accounts(run.options), "seed": _seed(run.options), "folder": folder}


def _accounts(options: Namespace) -> int:
    return int(getattr(options, "accounts", ACCOUNTS))


def _seed(options: Namespace) -> int:
    return int(getattr(options, "seed", SEED))


def _folder(options: Namespace) -> Path:
    warehouse = absolute(options.warehouse or str(ROOT / ".qualscore" / "warehouse"), Path.cwd())
    return Path(getattr(options, "output", None) or places.beside(warehouse, "sample")).absolute()


SAMPLE = Stage("generate_sample", generate, _depends, wanted=lambda options: getattr(options, "sample", True))
