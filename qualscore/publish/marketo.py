"""Marketo: a custom object keyed by domain. Few rows, and those that empty a field, by plain requests; many by imports of files."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal

from pydantic import Field
from requests import Response

from qualscore.errors import TargetFailed
from qualscore.publish.batches import by_bytes
from qualscore.publish.fields import Naming, camel_name
from qualscore.publish.http_session import HttpSession, Verdict, by_status, expect
from qualscore.publish.marketo_imports import Imports
from qualscore.publish.rows import CREATED, FAILED, SENT, Answered, Event, Job, Mark, Result, Row
from qualscore.publish.target import HttpTarget
from qualscore.publish.tokens import marketo_token

NO_TOKEN = ("600", "601", "602")
BUSY = ("502", "604", "606", "608", "611", "614", "615", "713", "1016")
REQUEST_BYTES = 1_000_000
LOOKED_AT = 20_000  # rows at a time, of which some empty a field


class Marketo(HttpTarget):
    """A custom object that is linked to companies or leads by domain: there is no import of companies.

    Limits: "Bulk Custom Object Import" (files below 10 MB; two imports run and eight wait), "Custom Objects" (300 records of a request)
    and "Error Codes" (1 MB of a request; 100 of them in 20 s) of Adobe's documentation of Marketo's REST API.

    Attributes:
        object: API name of the custom object, which ends with _c.
        key: its field of the domain, by which records are deduplicated.
        small: up to so many rows go by plain requests.
        file_bytes: of one import.
        poll_minutes: how long one import is waited for.
    """

    type: Literal["marketo"]
    object: str
    key: str = "domain"
    batch: int = Field(300, ge=1, le=300)
    small: int = Field(3000, ge=0)
    file_bytes: int = Field(9_900_000, ge=100, lt=10_485_760)
    poll_minutes: float = Field(120, gt=0)

    @property
    def naming(self) -> Naming:
        """Names of the REST API."""
        return camel_name

    def sender(self) -> "MarketoSender":
        """Reads the secrets; asks nothing yet."""
        session = self.session(marketo_token(self.credentials.secrets(self.name)))
        session.verdict = by_content
        return MarketoSender(self, session)


def by_content(response: Response) -> Verdict:
    """Marketo says what is wrong in an answer of status 200, by a code."""
    if response.status_code != 200 or "json" not in response.headers.get("Content-Type", ""):
        return by_status(response)
    codes = {str(error.get("code")) for error in response.json().get("errors", [])}
    if codes & {*NO_TOKEN}:
        return Verdict.RENEW
    return Verdict.AGAIN if codes & {*BUSY} else Verdict.TAKE


def expect_success(answer: Response) -> list[Mapping[str, Any]]:
    """What an answer holds for each record.

    Raises:
        TargetFailed: the request has failed.
    """
    content = expect(answer, 200)
    if not content.get("success"):
        errors = "; ".join(f"{it.get('code')} {it.get('message')}" for it in content.get("errors", []))
        raise TargetFailed(f"{answer.request.method} {answer.request.path_url.partition('?')[0]}: {errors}")
    return list(content.get("result", []))


@dataclass(frozen=True)
class MarketoSender:
    """Sends rows to a custom object.

    Attributes:
        target: the object.
        session: requests to it.
    """

    target: Marketo
    session: HttpSession

    @property
    def _imports(self) -> Imports:
        path = f"/bulk/v1/customobjects/{self.target.object}/import"
        ask: Callable[[Response], list[Mapping[str, Any]]] = expect_success
        return Imports(self.session, path, self.target.key, self.target.file_bytes, self.target.poll_minutes, ask)

    def send(self, rows: Iterator[Row]) -> Iterator[Event]:
        """Sends rows; files leave a field as it is where a cell is empty, so that rows which empty one go by plain requests."""
        first = list(islice(rows, self.target.small + 1))
        if len(first) <= self.target.small:
            yield from self._plain(first)
            return
        rest = chain(first, rows)
        while some := list(islice(rest, LOOKED_AT)):
            yield from self._plain([row for row in some if None in row.values.values()])
            yield from self._imports.send([row for row in some if None not in row.values.values()])

    def resume(self, job: Job) -> Iterator[Event]:
        """Reads the results of an import."""
        yield self._imports.results(job)

    def _plain(self, rows: Sequence[Row]) -> Iterator[Event]:
        for batch, _ in by_bytes(rows, self._bytes, most_bytes=REQUEST_BYTES - 1000, most_items=self.target.batch):
            content = {"action": "createOrUpdate", "dedupeBy": "dedupeFields", "input": [self._record(row) for row in batch]}
            answers = expect_success(self.session.send("POST", f"/rest/v1/customobjects/{self.target.object}.json", json=content))
            if len(answers) != len(batch):
                raise TargetFailed(f"an answer for each of {len(batch)} rows was expected, but there came {len(answers)}")
            yield Answered([_result(row.mark, answer) for row, answer in zip(batch, answers, strict=True)])

    def _record(self, row: Row) -> dict[str, Any]:
        return {self.target.key: row.record, **row.values}

    def _bytes(self, row: Row) -> bytes:
        return f"{json.dumps(self._record(row))}, ".encode()


def _result(mark: Mark, answer: Mapping[str, Any]) -> Result:
    if answer.get("status") in ("created", "updated"):
        return Result(mark, CREATED if answer["status"] == "created" else SENT)
    reasons = answer.get("reasons") or [{}]
    return Result(mark, FAILED, str(reasons[0].get("code", "")), "; ".join(str(it.get("message", "")) for it in reasons))
