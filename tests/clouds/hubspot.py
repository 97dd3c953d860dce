"""HubSpot as its developer documentation has it: batches of companies.

Pages: "CRM API | Companies" (batch/update, batch/upsert), "Error handling" (207 with errors whose context names the inputs), "API usage
guidelines and limits".
"""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.clouds.server import Asked, Cloud, Reply

PROPERTIES = ("name", "domain", "qualscore_domain", "qualscore_score", "qualscore_band", "qualscore_reasons")
UNIQUE = ("qualscore_domain",)


@dataclass
class HubspotCloud(Cloud):
    """A portal. `limit`: requests in seconds."""

    limit: tuple[int, float] = (190, 10.0)
    refused: int = 0
    _times: deque[float] = field(default_factory=deque)

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/oauth/v1/token":
            good = asked.form == {"grant_type": "refresh_token", "client_id": "id", "client_secret": "secret", "refresh_token": "again"}
            return (
                Reply(200, {"access_token": self.token(), "token_type": "bearer", "expires_in": 1800})
                if good
                else Reply(400, {"error": "invalid_grant"})
            )
        if not self.knows(asked):
            return Reply(401, {"status": "error", "category": "EXPIRED_AUTHENTICATION", "message": "The OAuth token used expired"})
        if self._is_too_fast():
            return Reply(429, {"status": "error", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"})
        what = asked.path.removeprefix("/crm/v3/objects/companies/batch/")
        if asked.method != "POST" or what not in ("update", "upsert") or not asked.headers["content-type"].startswith("application/json"):
            return Reply(404, {"status": "error"})
        return self._batch(asked.json["inputs"], makes=what == "upsert")

    def _is_too_fast(self) -> bool:
        now = time.monotonic()
        while self._times and self._times[0] <= now - self.limit[1]:
            self._times.popleft()
        self._times.append(now)
        self.refused += len(self._times) > self.limit[0]
        return len(self._times) > self.limit[0]

    def _batch(self, inputs: list[dict[str, Any]], *, makes: bool) -> Reply:
        ids = [it["id"] for it in inputs]
        problem = self._problem(inputs, makes)
        if len(inputs) > 100 or len(set(ids)) < len(ids):
            problem = "at most 100 inputs, each once"
        if problem:
            return Reply(400, {"status": "error", "category": "VALIDATION_ERROR", "message": problem})
        results, missing = [], []
        for it in inputs:
            key = it.get("idProperty")
            held = it["id"] if key is None else next((name for name, row in self.records.items() if row.get(key) == it["id"]), None)
            if (held is None and not makes) or (key is None and held not in self.records):
                missing.append(it["id"])
                continue
            made = held or str(9000 + len(self.records))
            self.write(made, {**it["properties"], **({key: it["id"]} if key else {})})
            results.append({"id": made, "new": held is None, "properties": self.records[made]})
        errors = [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some objects", "context": {"ids": missing}}]
        found = {"status": "COMPLETE", "results": results}
        return Reply(207, found | {"numErrors": 1, "errors": errors}) if missing else Reply(200, found)

    def _problem(self, inputs: list[dict[str, Any]], makes: bool) -> str:
        """What fails the whole batch."""
        for it in inputs:
            unknown = [name for name in it["properties"] if name not in PROPERTIES]
            if unknown:
                return f'Property values were not valid: [{{"error":"PROPERTY_DOESNT_EXIST","name":"{unknown[0]}"}}]'
            if it.get("idProperty", "qualscore_domain") not in UNIQUE or (makes and "idProperty" not in it):
                return "idProperty is not unique"
            if not all(isinstance(value, str) for value in it["properties"].values()):
                return "properties are texts"
            score = it["properties"].get("qualscore_score", "")
            if score and not score.isdecimal():
                return f"{score} was not a valid number"
            if it["properties"].get("qualscore_reasons", "").startswith("refused"):
                return "qualscore_reasons: refused"
        return ""
