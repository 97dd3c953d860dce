"""Tables that are held in memory: what a stage reads and writes, without the seconds that Delta takes for each."""

from dataclasses import dataclass, field

from pyspark.sql import DataFrame

from qualscore import contracts
from qualscore.storage.tables import Tables


@dataclass(frozen=True)
class HeldTables(Tables):
    """Every table is a frame that conforms to its contract; one that is replaced has a new version."""

    frames: dict[str, list[DataFrame]] = field(default_factory=dict)

    def exists(self, name: str) -> bool:
        return name in self.frames

    def read(self, name: str, *, version: int | None = None) -> DataFrame:
        return self.frames[name][-1 if version is None else version]

    def version(self, name: str) -> int:
        return len(self.frames.get(name, [])) - 1

    def replace(self, name: str, frame: DataFrame, *, where: str | None = None) -> int:
        assert where is None
        self.frames.setdefault(name, []).append(contracts.load(name).conform(frame).localCheckpoint())
        return self.read(name).count()
