"""Marketo as Adobe documents its REST API: custom objects, one request or one imported file at a time.

Pages: "Authentication", "Custom Objects", "Bulk Custom Object Import", "Error Codes" (failures come with status 200 and a code).
"""

import csv
import re
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from tests.clouds.server import Asked, Cloud, Reply

FIELDS = ("domain", "score", "band", "reasons")
MOST_BYTES = 10 * 1024 * 1024


@dataclass
class MarketoCloud(Cloud):
    """An instance with the object qualscore_c. `most_imports`: that may wait."""

    imports: dict[str, dict[str, Any]] = field(default_factory=dict)
    most_imports: int = 10
    expired: bool = False

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/identity/oauth/token":
            good = asked.query == {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
            return (
                Reply(200, {"access_token": self.token(), "token_type": "bearer", "expires_in": 3599, "scope": "api@acme"})
                if good
                else Reply(401, {"error": "invalid_client"})
            )
        if not self.knows(asked):
            return _failure("602", "Access token expired")
        if asked.path == "/rest/v1/customobjects/qualscore_c.json" and asked.method == "POST":
            return self._sync(asked)
        rest = asked.path.removeprefix("/bulk/v1/customobjects/qualscore_c/import")
        if rest == ".json" and asked.method == "POST" and asked.query == {"format": "csv"}:
            return self._import(asked)
        batch, _, what = rest.strip("/").partition("/")
        if batch not in self.imports:
            return _failure("1003", "Batch does not exist")
        return self._status(batch) if what == "status.json" else Reply(200, self.imports[batch]["failures"])

    def _sync(self, asked: Asked) -> Reply:
        if len(asked.body) > 1_000_000:
            return Reply(413)
        content = asked.json
        if (content["action"], content["dedupeBy"]) != ("createOrUpdate", "dedupeFields") or len(content["input"]) > 300:
            return _failure("1003", "Invalid data")
        results = []
        for seq, row in enumerate(content["input"]):
            problem = _problem(row)
            is_there = row["domain"] in self.records
            if problem:
                results.append({"seq": seq, "status": "skipped", "reasons": [{"code": "1006", "message": problem}]})
                continue
            self.write(row["domain"], row)
            results.append({"seq": seq, "status": "updated" if is_there else "created"})
        return Reply(200, {"success": True, "result": results})

    def _import(self, asked: Asked) -> Reply:
        waiting = sum(it["state"] not in ("Complete", "Failed") for it in self.imports.values())
        if waiting >= self.most_imports:
            return _failure("1016", "Too many imports")
        boundary = re.search(r"multipart/form-data; boundary=(\S+)", asked.headers["content-type"])
        assert boundary
        _, part, _ = asked.body.split(f"--{boundary[1]}".encode())
        head, _, content = part.partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        assert b'name="file"' in head
        if len(content) >= MOST_BYTES:
            return Reply(413)
        batch = str(1000 + len(self.imports))
        rows = list(csv.DictReader(StringIO(content.decode(), newline="")))
        self.imports[batch] = {"state": "Queued", "rows": rows, "failures": "", "failed": 0}
        return Reply(200, {"success": True, "result": [{"batchId": int(batch), "status": "Queued"}]})

    def _status(self, batch: str) -> Reply:
        job = self.imports[batch]
        if job["state"] == "Importing":
            self._run(job)
        elif job["state"] == "Queued":
            job["state"] = "Importing"
        return Reply(200, {"success": True, "result": [{"batchId": int(batch), "status": job["state"], "numOfRowsFailed": job["failed"]}]})

    def _run(self, job: dict[str, Any]) -> None:
        failures = StringIO()
        writer = csv.DictWriter(failures, [*job["rows"][0], "Import Failure Reason"], lineterminator="\n")
        writer.writeheader()
        for row in job["rows"]:
            values: dict[str, Any] = {name: it for name, it in row.items() if it != ""}
            values["score"] = int(values["score"]) if values.get("score", "").isdecimal() else values.get("score")
            problem = _problem(values)
            if problem:
                writer.writerow({**row, "Import Failure Reason": problem})
                job["failed"] += 1
            else:
                self.write(row["domain"], values)
        job |= {"state": "Complete", "failures": failures.getvalue()}


def _problem(row: dict[str, Any]) -> str:
    unknown = [name for name in row if name not in FIELDS]
    if unknown:
        return f"Field '{unknown[0]}' not found"
    if row.get("score") is not None and not isinstance(row["score"], int):
        return "Invalid data: score"
    return "refused" if str(row.get("reasons") or "").startswith("refused") else ""


def _failure(code: str, message: str) -> Reply:
    return Reply(200, {"success": False, "errors": [{"code": code, "message": message}]})
