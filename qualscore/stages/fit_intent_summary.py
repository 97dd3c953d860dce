"""Fit beside intent in numbers: what `activate` prints."""

from pyspark.sql import functions as F

from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.runs.run import Run
from qualscore.scores.fit_intent import FIT_INTENT, HIGH, NONE, SOME, UNKNOWN, UNSCORED

LEVELS = (HIGH, SOME, NONE, UNKNOWN)


def show_fit_intent(run: Run) -> None:
    """Prints for each score how many accounts there are of each band and level of intent."""
    counted = run.tables.read(FIT_INTENT).groupBy("score_name", "band", "intent_level").agg(F.count(F.lit(1)).alias("accounts")).collect()
    accounts_of = {(row["score_name"], row["band"], row["intent_level"]): int(row["accounts"]) for row in counted}
    for name in sorted({score_name for score_name, _, _ in accounts_of}):
        rows = {band: [accounts_of.get((name, band, level), 0) for level in LEVELS] for band in (*BAND_WORDS, UNSCORED)}
        head = f"\n{name:<18}" + "".join(f"{f'intent {level}':>16}" for level in LEVELS)
        lines = [f"  {BAND_WORDS.get(band, 'Unscored'):<16}" + "".join(f"{it:>16,}" for it in of_band) for band, of_band in rows.items()]
        run.console.result(
            "\n".join([head, *lines]), score_name=name, accounts={band: dict(zip(LEVELS, it, strict=True)) for band, it in rows.items()}
        )
