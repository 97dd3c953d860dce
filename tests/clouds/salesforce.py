"""Salesforce as its developer documentation has it: OAuth, sObject Collections, and ingest jobs of Bulk API 2.0.

Pages: "OAuth 2.0 Client Credentials Flow", "sObject Collections", "Bulk API 2.0 Ingest", "Prepare CSV Files", "Bulk API and Bulk API 2.0
Limits and Allocations".
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from tests.clouds.server import Asked, Cloud, Reply

FIELDS = {
    "Name": str,
    "Website": str,
    "Qualscore_Score__c": float,
    "Qualscore_Band__c": str,
    "Qualscore_Reasons__c": str,
    "Qualscore_Domain__c": str,
    "External_Id__c": str,
}
EXTERNAL_IDS = ("Qualscore_Domain__c", "External_Id__c")
MOST_BYTES, MOST_RECORDS = 100_000_000, 200


@dataclass
class Job:
    job_id: str
    operation: str
    key: str
    state: str = "Open"
    rows: list[dict[str, str]] | None = None
    succeeded: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    unprocessed: list[dict[str, str]] = field(default_factory=list)
    polls: int = 0


@dataclass
class SalesforceCloud(Cloud):
    """An organisation. `stops_after`: jobs fail after so many rows and leave the others unprocessed."""

    jobs: dict[str, Job] = field(default_factory=dict)
    stops_after: int | None = None
    polls: int = 1

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/services/oauth2/token":
            good = asked.form == {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
            return (
                Reply(200, {"access_token": self.token(), "instance_url": self.url, "token_type": "Bearer"})
                if good
                else Reply(400, {"error": "invalid_client"})
            )
        if not self.knows(asked):
            return Reply(401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}])
        version, _, rest = asked.path.removeprefix("/services/data/").partition("/")
        if not re.fullmatch(r"v\d+\.0", version):
            return Reply(404, [{"errorCode": "NOT_FOUND"}])
        if rest.startswith("composite/sobjects"):
            return self._collections(asked, rest.removeprefix("composite/sobjects").strip("/"))
        return self._ingest(asked, rest.removeprefix("jobs/ingest").strip("/"))

    def _collections(self, asked: Asked, rest: str) -> Reply:
        if asked.method != "PATCH":
            return Reply(405, [{"errorCode": "METHOD_NOT_ALLOWED"}])
        records, key = asked.json["records"], rest.partition("/")[2]
        if len(records) > MOST_RECORDS or asked.json["allOrNone"] is not False:
            return Reply(400, [{"errorCode": "EXCEEDED_ID_LIMIT", "message": "record limit reached"}])
        if key and key not in EXTERNAL_IDS:
            return Reply(400, [{"errorCode": "INVALID_FIELD", "message": f"{key} is no external id"}])
        ids = [record.get(key or "id") for record in records]
        answers = []
        for record, record_id in zip(records, ids, strict=True):
            values = {name: value for name, value in record.items() if name not in ("attributes", "id", key)}
            if record["attributes"] != {"type": "Account"} or ids.count(record_id) > 1:
                answers.append({"success": False, "errors": [{"statusCode": "DUPLICATE_VALUE", "message": "twice"}]})
                continue
            answers.append(self._written(record_id, key, values))
        return Reply(200, answers)

    def _written(self, record_id: str, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """One record: by its id, of 15 or 18 characters, or by an external id, where one that is not there is made."""
        held = self._held(record_id, key)
        problem = self._problem(values)
        if held is None and not key:
            problem = ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        elif held is None and not values.get("Name"):
            problem = ("REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]")
        if problem:
            return {"success": False, "errors": [{"statusCode": problem[0], "message": problem[1], "fields": []}]}
        made = held or f"001N{len(self.records):011d}AAA"
        self.write(made, {**values, **({key: record_id} if key else {})})
        return {"id": made, "success": True, "errors": [], "created": held is None}

    def _held(self, record_id: str, key: str) -> str | None:
        if key:
            return next((it for it, values in self.records.items() if values.get(key) == record_id), None)
        return next((it for it in self.records if it[:15] == record_id[:15]), None)

    def _problem(self, values: Mapping[str, Any]) -> tuple[str, str] | None:
        unknown = [name for name in values if name not in FIELDS]
        if unknown:
            return "INVALID_FIELD", f"No such column {unknown}"
        score = values.get("Qualscore_Score__c")
        if score is not None and not (isinstance(score, int | float) and 0 <= score <= 100):
            return "INVALID_TYPE_ON_FIELD_IN_RECORD", "Qualscore_Score__c: value not of required type"
        if str(values.get("Qualscore_Reasons__c") or "").startswith("refused"):
            return "FIELD_CUSTOM_VALIDATION_EXCEPTION", "a rule: with a colon"
        return None

    def _ingest(self, asked: Asked, rest: str) -> Reply:
        job_id, _, what = rest.partition("/")
        if not job_id:
            return self._create(asked)
        job = self.jobs.get(job_id)
        if job is None:
            return Reply(404, [{"errorCode": "NOTFOUND"}])
        if asked.method == "PUT" and what == "batches":
            return self._upload(asked, job)
        if asked.method == "PATCH":
            return self._change(asked, job)
        if what:
            return self._results(job, what.strip("/"))
        if job.state in ("UploadComplete", "InProgress"):
            job.state, job.polls = "InProgress", job.polls + 1
            if job.polls > self.polls:
                self._process(job)
        processed = {"numberRecordsProcessed": len(job.succeeded) + len(job.failed), "numberRecordsFailed": len(job.failed)}
        return Reply(200, {"id": job_id, "state": job.state, **processed})

    def _create(self, asked: Asked) -> Reply:
        wanted = asked.json
        is_upsert = wanted["operation"] == "upsert"
        fits = (wanted["object"], wanted["contentType"], wanted["lineEnding"], wanted["columnDelimiter"]) == (
            "Account",
            "CSV",
            "LF",
            "COMMA",
        )
        if asked.method != "POST" or not fits or wanted["operation"] not in ("update", "upsert"):
            return Reply(400, [{"errorCode": "INVALIDJOB"}])
        if is_upsert and wanted.get("externalIdFieldName") not in EXTERNAL_IDS:
            return Reply(400, [{"errorCode": "INVALIDJOB", "message": "no external id"}])
        job = Job(f"750{len(self.jobs):012d}AAA", wanted["operation"], wanted["externalIdFieldName"] if is_upsert else "")
        self.jobs[job.job_id] = job
        return Reply(200, {"id": job.job_id, "state": "Open", "contentUrl": f"services/data/jobs/ingest/{job.job_id}/batches"})

    def _upload(self, asked: Asked, job: Job) -> Reply:
        if job.state != "Open" or job.rows is not None or not asked.headers.get("content-type", "").startswith("text/csv"):
            return Reply(400, [{"errorCode": "INVALIDJOBSTATE", "message": "data was already uploaded"}])
        if len(asked.body) > MOST_BYTES or b"\r" in asked.body:
            return Reply(413, [{"errorCode": "EXCEEDED_MAX_SIZE"}])
        job.rows = list(csv.DictReader(StringIO(asked.body.decode("utf-8"), newline="")))
        return Reply(201)

    def _change(self, asked: Asked, job: Job) -> Reply:
        if job.state != "Open":
            return Reply(400, [{"errorCode": "INVALIDJOBSTATE", "message": f"the job is {job.state}"}])
        job.state = asked.json["state"]
        return Reply(200, {"id": job.job_id, "state": job.state})

    def _process(self, job: Job) -> None:
        """A cell that is empty changes nothing; #N/A empties a field."""
        most = len(job.rows or []) if self.stops_after is None else self.stops_after
        for number, row in enumerate(job.rows or []):
            if number >= most:
                job.unprocessed.append(row)
                continue
            values: dict[str, Any] = {name: None if it == "#N/A" else it for name, it in row.items() if it != ""}
            record_id = values.pop(job.key or "Id")
            if values.get("Qualscore_Score__c"):
                values["Qualscore_Score__c"] = float(values["Qualscore_Score__c"])
            answer = self._written(record_id, job.key, values)
            if answer["success"]:
                job.succeeded.append({"sf__Id": answer["id"], "sf__Created": str(answer["created"]).lower(), **row})
            else:
                error = answer["errors"][0]
                job.failed.append({"sf__Id": "", "sf__Error": f"{error['statusCode']}:{error['message']}:--", **row})
        job.state = "JobComplete" if self.stops_after is None else "Failed"

    def _results(self, job: Job, what: str) -> Reply:
        """Clients differ in the case of these paths."""
        rows = {"successfulresults": job.succeeded, "failedresults": job.failed, "unprocessedrecords": job.unprocessed}[what.lower()]
        text = StringIO()
        writer = csv.DictWriter(text, list(rows[0]) if rows else ["sf__Id"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return Reply(200, text.getvalue())
