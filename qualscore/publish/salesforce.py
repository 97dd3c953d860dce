"""Salesforce: few rows by composite requests, many by jobs of Bulk API 2.0 (`salesforce_bulk`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal

from pydantic import Field
from requests import Response

from qualscore.errors import TargetFailed
from qualscore.publish.batches import by_number
from qualscore.publish.fields import Naming, salesforce_name
from qualscore.publish.http_session import HttpSession, expect
from qualscore.publish.rows import CREATED, FAILED, SENT, Answered, Event, Job, Mark, Result, Row, alike
from qualscore.publish.salesforce_bulk import BulkJobs, Way
from qualscore.publish.target import CrmTarget
from qualscore.publish.tokens import salesforce_token

ID = "Id"


class Salesforce(CrmTarget):
    """An object of Salesforce, by its Id or by an external id.

    Limits: "Bulk API and Bulk API 2.0 Limits and Allocations" (from 2,000 records on a bulk job; 150 million records a day), "Prepare CSV
    Files" (UTF-8, LF, data of 100 MB at most) and "Upsert Multiple Records with Fewer Round-Trips" (200 records of a request) of
    Salesforce's developer documentation.

    Attributes:
        object: API name.
        api: its version.
        small: up to so many rows go by composite requests.
        file_bytes: of one bulk job ...
        file_rows: ... and its rows, which the driver holds meanwhile.
        poll_minutes: how long one job is waited for.
    """

    type: Literal["salesforce"]
    object: str = "Account"
    key: str = ID
    prefix: str = "Qualscore_"
    api: str = Field("v62.0", pattern=r"^v\d+\.\d$")
    small: int = Field(2000, ge=0)
    batch: int = Field(200, ge=1, le=200)
    file_bytes: int = Field(100_000_000, ge=100, le=150_000_000)
    file_rows: int = Field(100_000, ge=1)
    poll_minutes: float = Field(120, gt=0)
    new_fields: dict[Literal["company_name", "domain"], str] = {"company_name": "Name", "domain": "Website"}

    @property
    def naming(self) -> Naming:
        """Names of custom fields."""
        return salesforce_name

    @property
    def record_key(self) -> str:
        """Salesforce's own id."""
        return ID

    def sender(self) -> "SalesforceSender":
        """Reads the secrets; asks nothing yet."""
        return SalesforceSender(self, self.session(salesforce_token(self.credentials.secrets(self.name))))


@dataclass(frozen=True)
class SalesforceSender:
    """Sends rows to an object.

    Attributes:
        target: the object.
        session: requests to it.
    """

    target: Salesforce
    session: HttpSession

    @property
    def _root(self) -> str:
        return f"/services/data/{self.target.api}"

    @property
    def _jobs(self) -> BulkJobs:
        target = self.target
        return BulkJobs(self.session, f"{self._root}/jobs/ingest", target.object, target.file_bytes, target.file_rows, target.poll_minutes)

    def send(self, rows: Iterator[Row]) -> Iterator[Event]:
        """Sends rows, those with new records after all others."""
        for is_new, of_kind in alike(rows):
            way = self._way(is_new)
            first = list(islice(of_kind, self.target.small + 1))
            if len(first) > self.target.small:
                yield from self._jobs.send(chain(first, of_kind), way)
                continue
            for batch in by_number(first, self.target.batch):
                yield Answered(self._composite(batch, way))

    def resume(self, job: Job) -> Iterator[Event]:
        """Reads the results of a bulk job."""
        yield self._jobs.results(job, self._way(bool(job.marks) and Row(job.marks[0], {}).is_new))

    def _way(self, is_new: bool) -> Way:
        new = self.target.new_records
        key = new.key if is_new and new else self.target.key
        return Way(key, is_upsert=key != ID)

    def _composite(self, rows: Sequence[Row], way: Way) -> list[Result]:
        """One request for up to 200 records, of which each succeeds or fails alone ("sObject Collections")."""
        attributes = {"attributes": {"type": self.target.object}}
        key = way.key if way.is_upsert else "id"
        records = [{**attributes, key: row.record, **row.values} for row in rows]
        path = f"{self._root}/composite/sobjects" + (f"/{self.target.object}/{way.key}" if way.is_upsert else "")
        answers = expect_rows(self.session.send("PATCH", path, json={"allOrNone": False, "records": records}), len(rows))
        return [_result(row.mark, answer) for row, answer in zip(rows, answers, strict=True)]


def expect_rows(answer: Response, number: int) -> list[Any]:
    """The answers of a request to its rows, one for each.

    Raises:
        TargetFailed: they are none, or not so many.
    """
    content = expect(answer, 200, 201)
    if not isinstance(content, list) or len(content) != number:
        raise TargetFailed(f"an answer for each of {number} rows was expected, but there came {str(content)[:200]}")
    return content


def _result(mark: Mark, answer: Any) -> Result:
    if answer.get("success"):
        return Result(mark, CREATED if answer.get("created") else SENT)
    errors = answer.get("errors") or [{}]
    return Result(mark, FAILED, str(errors[0].get("statusCode", "")), "; ".join(str(it.get("message", "")) for it in errors))
