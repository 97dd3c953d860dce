"""A run that stops because too much of a delivery is refused: what is said of it, and where the refused rows are kept."""

from collections.abc import Mapping, Sequence

from qualscore.errors import DataError
from qualscore.ingest import DeliverySummary, Ingested, refusal_lines, refusals
from qualscore.runs.run import Run


def check_rejects(run: Run, judged: Mapping[str, Ingested], summaries: Sequence[DeliverySummary]) -> None:
    """Ends the run when more of a source is refused than `max_rejected_share`; keeps the refused rows in rejected_last/TABLE.

    Raises:
        DataError: a file that gave no row at all; else by source, column and reason: the header, how many rows, and the first three with
            their line and value.
    """
    _check_read(judged, summaries)
    most = run.settings.max_rejected_share
    over = [one for one in summaries if one.rejected > most * one.rows_read]
    if not over:
        return
    kept = sorted({one.table for one in summaries if one.rejected})
    for table in kept:
        run.tables.replace(f"rejected_last/{table}", judged[table].rejected)
    lines: list[str] = []
    for table in sorted({one.table for one in over}):
        sources = [one for one in over if one.table == table]
        refused = refusals(judged[table].rejected, [one.source for one in sources])
        lines_of = refusal_lines(refused, judged[table].deliveries)
        for summary in sources:
            lines.append(f"  {summary.source}: {summary.rejected:,} of {summary.rows_read:,} rows rejected for {table}")
            lines += [f"    {line}" for line in lines_of.get(summary.source, [])]
    places = ", ".join(run.tables.identifier(f"rejected_last/{table}") for table in kept)
    lines.append(f"The refused rows, whole and with all their reasons: {places}")
    lines.append("The tables are as they were. Mend the deliveries or their mapping, or raise max_rejected_share.")
    raise DataError("\n".join([f"more than {most:.0%} of a source is rejected:", *lines]))


def _check_read(judged: Mapping[str, Ingested], summaries: Sequence[DeliverySummary]) -> None:
    """A file has rows, and they are read: one that gives none would empty its table in silence."""
    silent = [one for one in summaries if judged[one.table].deliveries[one.source].files and not one.rows_read + one.filtered]
    if silent:
        lines = [
            f"{', '.join(judged[summary.table].deliveries[summary.source].files[:3])}: no row was read (source {summary.source})"
            for summary in silent
        ]
        ending = "All records are blank, or there are none. Deliver the files again, or take the sources out of the configuration."
        raise DataError("\n".join([*lines, ending]))
