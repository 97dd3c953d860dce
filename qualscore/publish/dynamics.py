"""Dynamics 365: many records in a request that succeeds or fails as a whole; one that fails is halved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field
from requests import Response

from qualscore.errors import ConfigurationError
from qualscore.publish.batches import by_number
from qualscore.publish.bisecting import BatchRefused, bisected
from qualscore.publish.http_session import HttpSession, expect
from qualscore.publish.rows import SENT, Answered, Event, Job, Result, Row, alike
from qualscore.publish.target import CrmTarget, Url
from qualscore.publish.tokens import dynamics_token

HEADERS = {"OData-MaxVersion": "4.0", "OData-Version": "4.0", "Accept": "application/json", "If-None-Match": "null"}
OF_ROWS = (400, 404, 409, 412, 413)
NO_SUCH_COLUMN = "0x80048d19"


class Dynamics(CrmTarget):
    """A table of Dataverse: UpdateMultiple by the record's id, which makes no record, and UpsertMultiple by an alternate key.

    Limits: "Service protection API limits" (6,000 requests in 5 minutes of a user, 429 with Retry-After) and "Use bulk operation messages"
    (up to 1,000 records; an error rolls the request back) of Microsoft's documentation of Dataverse.

    Attributes:
        tenant: of Microsoft Entra, its id or its name.
        login_url: where tokens are got.
        entity: logical name of the table.
        entity_set: its name in the Web API.
        id_column: the column of the record's id.
        api: its version.
    """

    type: Literal["dynamics"]
    tenant: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    login_url: Url = "https://login.microsoftonline.com"
    entity: str = "account"
    entity_set: str = "accounts"
    id_column: str = "accountid"
    key: str = "accountid"
    prefix: str = "qs_"
    api: str = Field("v9.2", pattern=r"^v\d+\.\d$")
    requests: int = Field(6000, ge=1)
    seconds: float = Field(300, gt=0)
    batch: int = Field(1000, ge=1, le=1000)
    new_fields: dict[Literal["company_name", "domain"], str] = {"company_name": "name", "domain": "websiteurl"}

    @property
    def record_key(self) -> str:
        """The column of the record's id."""
        return self.id_column

    def sender(self) -> "DynamicsSender":
        """Reads the secrets; asks nothing yet."""
        token = dynamics_token(self.credentials.secrets(self.name), login_url=self.login_url, tenant=self.tenant)
        return DynamicsSender(self, self.session(token))


@dataclass(frozen=True)
class DynamicsSender:
    """Sends rows to a table.

    Attributes:
        target: the table.
        session: requests to it.
    """

    target: Dynamics
    session: HttpSession

    def send(self, rows: Iterator[Row]) -> Iterator[Event]:
        """Sends rows, those with new records after all others."""
        for is_new, of_kind in alike(rows):
            new = self.target.new_records
            key = new.key if is_new and new else self.target.key
            for batch in by_number(of_kind, self.target.batch):
                yield Answered(bisected(batch, partial(self._batch, key)))

    def resume(self, job: Job) -> Iterator[Event]:
        """There are no jobs."""
        yield Answered([], job.job_id)

    def _batch(self, key: str, rows: Sequence[Row]) -> list[Result]:
        """One request ("UpdateMultiple action", "UpsertMultiple action"): 204 when all records are written, else none is."""
        is_update = key == self.target.id_column
        targets = [self._record(row, key, is_update) for row in rows]
        action = f"Microsoft.Dynamics.CRM.{'UpdateMultiple' if is_update else 'UpsertMultiple'}"
        path = f"/api/data/{self.target.api}/{self.target.entity_set}/{action}"
        answer = self.session.send("POST", path, json={"Targets": targets}, headers=HEADERS)
        if answer.status_code in OF_ROWS:
            raise _refusal(answer)
        expect(answer, 200, 204)
        return [Result(row.mark, SENT) for row in rows]

    def _record(self, row: Row, key: str, is_update: bool) -> dict[str, Any]:
        record = {"@odata.type": f"Microsoft.Dynamics.CRM.{self.target.entity}", **row.values}
        if is_update:
            return record | {key: row.record}
        text = quote(row.record.replace("'", "''"), safe="'")
        return record | {"@odata.id": f"{self.target.entity_set}({key}='{text}')"}


def _refusal(answer: Response) -> Exception:
    try:
        error = answer.json().get("error", {})
    except ValueError:
        error = {}
    code, message = str(error.get("code", answer.status_code)), str(error.get("message", ""))
    if code == NO_SUCH_COLUMN:
        return ConfigurationError(f"{message}; make the columns that recipe.md lists, or name yours under 'fields'")
    return BatchRefused(code, message)
