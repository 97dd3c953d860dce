"""HubSpot: companies in batches, of which each succeeds or fails alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from pydantic import Field

from qualscore.errors import ConfigurationError
from qualscore.publish.batches import by_number
from qualscore.publish.bisecting import BatchRefused, bisected
from qualscore.publish.http_session import HttpSession, expect
from qualscore.publish.rows import CREATED, FAILED, SENT, Answered, Event, Job, Result, Row, Value, alike
from qualscore.publish.target import CrmTarget, Url
from qualscore.publish.tokens import hubspot_token

RECORD_ID = "hs_object_id"
TRACE = "objectWriteTraceId"


class Hubspot(CrmTarget):
    """Companies by Record ID, or by a custom property whose values are unique: a domain alone is not.

    Limits: "API usage guidelines and limits" (190 requests in 10 s of an app) and "CRM API | Companies" (100 inputs of a batch) of
    HubSpot's developer documentation.

    Attributes:
        object: whose records.
        api: path of all objects; newer ones bear a date (/crm/objects/2026-03).
    """

    type: Literal["hubspot"]
    url: Url = "https://api.hubapi.com"
    object: str = "companies"
    key: str = RECORD_ID
    prefix: str = "qualscore_"
    api: str = "/crm/v3/objects"
    requests: int = Field(190, ge=1)
    seconds: float = Field(10, gt=0)
    batch: int = Field(100, ge=1, le=100)
    new_fields: dict[Literal["company_name", "domain"], str] = {"company_name": "name", "domain": "domain"}

    @property
    def record_key(self) -> str:
        """The Record ID."""
        return RECORD_ID

    def sender(self) -> "HubspotSender":
        """Reads the secrets; asks nothing yet."""
        return HubspotSender(self, self.session(hubspot_token(self.credentials.secrets(self.name))))


@dataclass(frozen=True)
class HubspotSender:
    """Sends rows to companies.

    Attributes:
        target: HubSpot.
        session: requests to it.
    """

    target: Hubspot
    session: HttpSession

    def send(self, rows: Iterator[Row]) -> Iterator[Event]:
        """Updates what is there, by batch/update, which makes no record; makes new ones by batch/upsert."""
        for is_new, of_kind in alike(rows):
            new = self.target.new_records
            key = new.key if is_new and new else self.target.key
            send = partial(self._batch, "upsert" if is_new else "update", key)
            for batch in by_number(of_kind, self.target.batch):
                yield Answered(bisected(batch, send))

    def resume(self, job: Job) -> Iterator[Event]:
        """There are no jobs."""
        yield Answered([], job.job_id)

    def _batch(self, what: str, key: str, rows: Sequence[Row]) -> list[Result]:
        """One request.

        "Error handling" says how a batch of which some inputs fail is answered: 207, with the errors' inputs in their context. An input
        that cannot be read fails all of them (400).
        """
        inputs = [_input(row, key) for row in rows]
        answer = self.session.send("POST", f"{self.target.api}/{self.target.object}/batch/{what}", json={"inputs": inputs})
        if answer.status_code in (400, 409):
            content = answer.json()
            if "PROPERTY_DOESNT_EXIST" in answer.text:
                raise ConfigurationError(
                    f"{content.get('message')}; make the properties that recipe.md lists, or name yours under 'fields'"
                )
            raise BatchRefused(str(content.get("category", answer.status_code)), str(content.get("message", "")))
        return _results(rows, key, expect(answer, 200, 201, 207))


def _input(row: Row, key: str) -> dict[str, Any]:
    properties = {name: _text(value) for name, value in row.values.items()}
    return {"id": row.record, "properties": properties, TRACE: row.record} | ({} if key == RECORD_ID else {"idProperty": key})


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _results(rows: Sequence[Row], key: str, content: Mapping[str, Any]) -> list[Result]:
    """Of each row what the answer says; one that it does not name has failed."""
    done = {name: it for it in content.get("results", []) for name in _names(it, key)}
    errors = content.get("errors") or [{}]
    told = {name: error for error in errors for names in error.get("context", {}).values() for name in names}
    results = []
    for row in rows:
        if row.record in done:
            results.append(Result(row.mark, CREATED if done[row.record].get("new") else SENT))
        else:
            error = told.get(row.record, errors[0])
            results.append(Result(row.mark, FAILED, str(error.get("category", "")), str(error.get("message", "no answer"))))
    return results


def _names(result: Mapping[str, Any], key: str) -> list[str]:
    named = (result.get(TRACE), result.get("id") if key == RECORD_ID else result.get("properties", {}).get(key))
    return [str(it) for it in named if it]
