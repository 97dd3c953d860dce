"""What happened while rows are sent, written down at once: a run that is killed leaves it to the next."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import SparkSession

from qualscore.publish.rows import Answered, Event, Job, Mark, Result
from qualscore.storage import files


@dataclass
class Journal:
    """A folder with a file for each event.

    Attributes:
        spark: the session.
        folder: of one target.
        run_id: of the run that writes.
    """

    spark: SparkSession
    folder: str
    run_id: str
    _written: int = field(default=0, init=False)

    def write(self, event: Event) -> None:
        """Writes an event down, after those of the run before it."""
        content = {"job": event.job_id, "marks": event.marks} if isinstance(event, Job) else _answered(event)
        files.write_bytes(self.spark, f"{self.folder}/{self.run_id}-{self._written:06d}.json", json.dumps(content).encode())
        self._written += 1

    def read(self) -> tuple[list[Result], list[Job]]:
        """All results, and the jobs whose results are not there. A file that was not written to its end never happened."""
        results: list[Result] = []
        jobs: dict[str, Job] = {}
        for content in self._contents():
            if "marks" in content:
                jobs[content["job"]] = Job(content["job"], [Mark(*it) for it in content["marks"]])
            else:
                jobs.pop(content["job"], None)
                results += [Result(Mark(*mark), *told) for mark, *told in content["results"]]
        return results, list(jobs.values())

    def clear(self, pending: Sequence[Job] = ()) -> None:
        """Removes what is written, and writes the jobs down again whose results are awaited."""
        names = self._names()
        for job in pending:
            self.write(job)
        for name in names:
            files.remove(self.spark, name)

    def _names(self) -> list[str]:
        if not files.exists(self.spark, self.folder):
            return []
        return sorted(it.path for it in files.listed(self.spark, self.folder) if it.name.endswith(".json"))

    def _contents(self) -> list[dict[str, Any]]:
        contents: list[dict[str, Any]] = []
        for name in self._names():
            try:
                contents.append(json.loads(files.read(self.spark, name)))
            except ValueError:
                continue
        return contents


def _answered(event: Answered) -> dict[str, object]:
    return {"job": event.job_id, "results": event.results}
