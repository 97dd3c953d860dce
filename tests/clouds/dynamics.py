"""Dataverse as Microsoft documents it: UpdateMultiple and UpsertMultiple, each all or nothing.

Pages: "Use bulk operation messages", "UpsertMultiple action", "Use alternate keys to reference records", "Service protection API limits",
"OAuth 2.0 client credentials flow".
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.clouds.server import Asked, Cloud, Reply

COLUMNS = ("name", "websiteurl", "qs_domain", "qs_score", "qs_band", "qs_reasons")
KEYS = ("qs_domain",)


@dataclass
class DynamicsCloud(Cloud):
    """An environment, and the login of its tenant."""

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/tenant/oauth2/v2.0/token":
            wanted = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret", "scope": f"{self.url}/.default"}
            return (
                Reply(200, {"access_token": self.token(), "token_type": "Bearer", "expires_in": 3599})
                if asked.form == wanted
                else Reply(400, {"error": "invalid_scope"})
            )
        if not self.knows(asked):
            return Reply(401)
        action = asked.path.removeprefix("/api/data/v9.2/accounts/Microsoft.Dynamics.CRM.")
        if asked.method != "POST" or action not in ("UpdateMultiple", "UpsertMultiple") or asked.headers.get("odata-version") != "4.0":
            return _error(404, "0x80060888", "Resource not found")
        return self._all_or_nothing(asked.json["Targets"], makes=action == "UpsertMultiple")

    def _all_or_nothing(self, targets: list[dict[str, Any]], *, makes: bool) -> Reply:
        if len(targets) > 1000:
            return _error(400, "0x80044150", "too many records")
        changes = []
        for target in targets:
            target = dict(target)
            if target.pop("@odata.type", "") != "Microsoft.Dynamics.CRM.account":
                return _error(400, "0x80048d19", "@odata.type is required")
            record, values = self._referred(target, makes)
            unknown = [name for name in values if name not in COLUMNS]
            if unknown:
                return _error(400, "0x80048d19", f"The property '{unknown[0]}' does not exist on type 'Microsoft.Dynamics.CRM.account'")
            if record is None and not makes:
                return _error(404, "0x80040217", "account With Id Does Not Exist")
            score = values.get("qs_score")
            if score is not None and not (isinstance(score, int) and 0 <= score <= 100):
                return _error(400, "0x80044331", "qs_score is outside the valid range")
            if str(values.get("qs_reasons") or "").startswith("refused"):
                return _error(400, "0x80040265", "a plug-in refuses qs_reasons")
            changes.append((record, values))
        for record, values in changes:
            self.write(record or f"made-{len(self.records)}", values)
        return Reply(204)

    def _referred(self, target: dict[str, Any], makes: bool) -> tuple[str | None, dict[str, Any]]:
        """The record that a target is, and its values; by accountid or, of UpsertMultiple, by an alternate key."""
        if not makes:
            record = target.pop("accountid")
            return (record if record in self.records else None), target
        reference = re.fullmatch(r"accounts\((\w+)='(.*)'\)", unquote(target.pop("@odata.id")))
        assert reference and reference[1] in KEYS, "no alternate key"
        text = reference[2].replace("''", "'")
        return next((it for it, row in self.records.items() if row.get(reference[1]) == text), None), {**target, reference[1]: text}


def _error(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message}})
