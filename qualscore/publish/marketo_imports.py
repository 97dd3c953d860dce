"""Marketo's imports of files into a custom object: "Bulk Custom Object Import" of the documentation of its REST API."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from requests import Response

from qualscore.errors import TargetFailed
from qualscore.publish.batches import by_bytes, csv_line, csv_rows
from qualscore.publish.http_session import HttpSession
from qualscore.publish.polling import polled
from qualscore.publish.rows import FAILED, SENT, Answered, Event, Job, Result, Row, failed

OVER = ("Complete", "Failed")
REASON = "Import Failure Reason"


@dataclass(frozen=True)
class Imports:
    """Imports into one object.

    Attributes:
        session: requests.
        path: of imports.
        key: the field of the domain.
        most_bytes: of a file.
        minutes: how long an import is waited for.
        ask: what an answer holds; raises TargetFailed where it holds a failure.
    """

    session: HttpSession
    path: str
    key: str
    most_bytes: int
    minutes: float
    ask: Callable[[Response], list[Mapping[str, Any]]]

    def send(self, rows: Sequence[Row]) -> Iterator[Event]:
        """Sends rows, as many in an import as its file takes; yields each import when it has begun, and its results."""
        if not rows:
            return
        names = list(rows[0].values)
        header = csv_line([self.key, *names])

        def line(row: Row) -> bytes:
            return csv_line([row.record, *(row.values[name] for name in names)])

        for batch, content in by_bytes(rows, line, most_bytes=self.most_bytes, most_items=len(rows), header=header):
            file = {"file": ("scores.csv", content, "text/csv")}
            (begun,) = self.ask(self.session.send("POST", f"{self.path}.json", params={"format": "csv"}, files=file))
            job = Job(str(begun["batchId"]), [row.mark for row in batch])
            yield job
            yield self._answered(job)

    def results(self, job: Job) -> Answered:
        """The results of an import; none of one that Marketo no longer knows."""
        answer = self._asked(job)
        try:
            self.ask(answer)
        except TargetFailed:
            return Answered([], job.job_id)
        return self._answered(job)

    def _asked(self, job: Job) -> Response:
        return self.session.send("GET", f"{self.path}/{job.job_id}/status.json")

    def _answered(self, job: Job) -> Answered:
        def over() -> Mapping[str, Any] | None:
            (status,) = self.ask(self._asked(job))
            return status if status["status"] in OVER else None

        status = polled(over, minutes=self.minutes, wait=self.session.wait, what=f"import {job.job_id}")
        if status["status"] == "Failed":
            return Answered(failed(job.marks, "IMPORT_FAILED", str(status.get("message", ""))), job.job_id)
        reasons = self._reasons(job) if status.get("numOfRowsFailed") else {}
        results = [Result(it, FAILED, "ROW_FAILED", reasons[it.record]) if it.record in reasons else Result(it, SENT) for it in job.marks]
        return Answered(results, job.job_id)

    def _reasons(self, job: Job) -> dict[str, str]:
        """Why rows have failed, by domain."""
        answer = self.session.send("GET", f"{self.path}/{job.job_id}/failures.json")
        if answer.status_code != 200:
            raise TargetFailed(f"import {job.job_id}: failures: {answer.status_code}")
        return {row[self.key]: row.get(REASON, "") for row in csv_rows(answer.content)}
