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
        kept = self.read(name).where(f"NOT coalesce(({where}), false)") if where and self.exists(name) else None
        frame = contracts.load(name).conform(frame)
        self._hold(name, frame if kept is None else kept.unionByName(frame))
        return self.read(name).count()

    def append(self, name: str, frame: DataFrame) -> int:
        frame = contracts.load(name).conform(frame)
        self._hold(name, self.read(name).unionByName(frame) if self.exists(name) else frame)
        return frame.count()

    def merge(self, name: str, frame: DataFrame, *, before: DataFrame | None = None) -> None:
        self._hold(name, contracts.load(name).conform(frame))

    def _hold(self, name: str, frame: DataFrame) -> None:
        self.frames.setdefault(name, []).append(frame.localCheckpoint())
