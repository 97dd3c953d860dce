"""Bulk API 2.0 of Salesforce: a job of one CSV file, and its successful, failed and unprocessed records.

"Bulk API 2.0 Ingest" of Salesforce's developer documentation: a job is created, its data uploaded at once, and processed from the moment
on that its state is UploadComplete; results are kept for seven days.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualscore.errors import TargetFailed
from qualscore.publish.batches import by_bytes, csv_line, csv_rows
from qualscore.publish.http_session import HttpSession, expect
from qualscore.publish.polling import polled
from qualscore.publish.rows import CREATED, FAILED, SENT, Answered, Event, Job, Mark, Result, Row, Value, failed

EMPTY = "#N/A"  # empties a field; an empty cell leaves it as it is
UPLOADS = 3
OVER = ("JobComplete", "Failed", "Aborted")
CASE_SENSITIVE = 15  # characters of an Id; three more check them


@dataclass(frozen=True)
class Way:
    """How records are identified.

    Attributes:
        key: the field.
        is_upsert: whether one that is not there is made.
    """

    key: str
    is_upsert: bool


@dataclass(frozen=True)
class BulkJobs:
    """Jobs of one object.

    Attributes:
        session: requests.
        path: of all jobs.
        object: API name.
        most_bytes: of a file.
        most_rows: of a file.
        minutes: how long a job is waited for.
    """

    session: HttpSession
    path: str
    object: str
    most_bytes: int
    most_rows: int
    minutes: float

    def send(self, rows: Iterator[Row], way: Way) -> Iterator[Event]:
        """Sends rows, as many in a job as its file takes; yields each job before it is processed, and its results."""
        first = next(rows)
        names = list(first.values)
        lines = ((row.mark, _line(row, names)) for row in _again(first, rows))
        header = csv_line([way.key, *names])
        for batch, content in by_bytes(lines, lambda it: it[1], most_bytes=self.most_bytes, most_items=self.most_rows, header=header):
            job = Job(self._uploaded(content, way), [mark for mark, _ in batch])
            yield job
            self._close(job.job_id)
            yield self._answered(job, way)

    def results(self, job: Job, way: Way) -> Answered:
        """The results of a job that may not have been processed, or be forgotten: then none."""
        answer = self.session.send("GET", f"{self.path}/{job.job_id}")
        if answer.status_code == 404:
            return Answered([], job.job_id)
        if expect(answer, 200)["state"] == "Open":
            self._abort(job.job_id)
            return Answered([], job.job_id)
        return self._answered(job, way)

    def _uploaded(self, content: bytes, way: Way) -> str:
        """The id of a job that has its data. A job takes data once: if it is not known to have taken all of it, another one is made."""
        wanted = {"object": self.object, "contentType": "CSV", "lineEnding": "LF", "columnDelimiter": "COMMA"}
        wanted |= {"operation": "upsert", "externalIdFieldName": way.key} if way.is_upsert else {"operation": "update"}
        for _ in range(UPLOADS):
            job_id = str(expect(self.session.send("POST", self.path, json=wanted), 200, 201)["id"])
            answer = self.session.send("PUT", f"{self.path}/{job_id}/batches", data=content, headers={"Content-Type": "text/csv"})
            if answer.status_code == 201:
                return job_id
            self._abort(job_id)
        raise TargetFailed(f"the data of a bulk job is not taken: {answer.status_code} {answer.text[:200]}")

    def _abort(self, job_id: str) -> None:
        self.session.send("PATCH", f"{self.path}/{job_id}", json={"state": "Aborted"})

    def _close(self, job_id: str) -> None:
        """Lets the job be processed. Of a request whose answer was lost the second may be refused: then its state tells."""
        answer = self.session.send("PATCH", f"{self.path}/{job_id}", json={"state": "UploadComplete"})
        if answer.status_code != 200 and self._state(job_id) in ("Open", "Aborted"):
            expect(answer, 200)

    def _state(self, job_id: str) -> str:
        return str(expect(self.session.send("GET", f"{self.path}/{job_id}"), 200)["state"])

    def _answered(self, job: Job, way: Way) -> Answered:
        """Waits for the job, and reads its results. A failed one has processed some records."""

        def state() -> str | None:
            now = self._state(job.job_id)
            return now if now in OVER else None

        polled(state, minutes=self.minutes, wait=self.session.wait, what=f"bulk job {job.job_id}")
        of_record = {_short(mark.record, way): mark for mark in job.marks}
        results = [
            *self._read(job, way, of_record, "successfulResults", _success),
            *self._read(job, way, of_record, "failedResults", _failure),
            *self._read(job, way, of_record, "unprocessedrecords", _unprocessed),
        ]
        answered = {it.mark.key for it in results}
        return Answered([*results, *failed([it for it in job.marks if it.key not in answered], "NO_RESULT", "")], job.job_id)

    def _read(self, job: Job, way: Way, of_record: Mapping[str, Mark], what: str, result: Any) -> Iterator[Result]:
        answer = self.session.send("GET", f"{self.path}/{job.job_id}/{what}/", headers={"Accept": "text/csv"})
        if answer.status_code != 200:
            raise TargetFailed(f"bulk job {job.job_id}: {what}: {answer.status_code} {answer.text[:200]}")
        for row in csv_rows(answer.content):
            mark = of_record.get(_short(row[way.key], way))
            if mark is not None:
                yield result(mark, row)


def _again(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _line(row: Row, names: Sequence[str]) -> bytes:
    cells: list[Value] = [EMPTY if (value := row.values[name]) is None else value for name in names]
    return csv_line([row.record, *cells])


def _short(record: str, way: Way) -> str:
    return record if way.is_upsert else record[:CASE_SENSITIVE]


def _success(mark: Mark, row: Mapping[str, str]) -> Result:
    return Result(mark, CREATED if row.get("sf__Created") == "true" else SENT)


def _failure(mark: Mark, row: Mapping[str, str]) -> Result:
    code, _, message = row.get("sf__Error", "").partition(":")
    return Result(mark, FAILED, code, message)


def _unprocessed(mark: Mark, row: Mapping[str, str]) -> Result:
    return Result(mark, FAILED, "UNPROCESSED", "the job ended before this record")
