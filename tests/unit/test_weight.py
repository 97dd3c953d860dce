"""Which runs are small: what they are delivered, and what the warehouse holds."""

from pathlib import Path

import pytest

from qualscore.launcher.options import submit_options
from qualscore.launcher.places import CONF
from qualscore.launcher.submission import is_small_run
from qualscore.runs import arguments, weight


def weighed(job: str, *given: str) -> int | None:
    return weight.weigh(job, arguments.parse(job, "", given))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    for name, size in (("a.csv", 10), ("parts/1.csv", 100), ("parts/2.csv", 1_000)):
        (tmp_path / name).write_bytes(b"x" * size)
    sources = "[{table: firmographics, path: a.csv}, {table: technographics, path: 'parts/*.csv'}, {table: activities, path: parts}]"
    (tmp_path / "own.yml").write_text(f"warehouse: w\nscores: []\nsources: {sources}\n")
    return tmp_path / "own.yml"


def test_files_folders_patterns_and_tables_are_weighed(config: Path) -> None:
    assert weighed("ingest", "--config", str(config)) == 10 + 1_100 + 1_100
    table = config.parent / "w" / "features" / "account_features" / "part.parquet"
    table.parent.mkdir(parents=True)
    table.write_bytes(b"x" * 50_000)
    assert weighed("score", "--config", str(config)) == 52_210
    assert is_small_run("score", ["--config", str(config)])
    with table.open("ab") as file:
        file.truncate(64 << 20)  # a universe that no source delivers any more
    assert not is_small_run("score", ["--config", str(config)])


def test_the_sample_is_as_large_as_it_is_asked_to_be(tmp_path: Path) -> None:
    assert weighed("pipeline", "--sample", "--warehouse", str(tmp_path)) == 260 * 20_000
    assert weighed("generate_sample", "--accounts", "1000000", "--warehouse", str(tmp_path)) == 260_000_000


@pytest.mark.parametrize("place", ["path: 's3a://bucket/a.csv'", "jdbc: {url: 'jdbc:postgresql://db/crm', table: account}"])
def test_what_cannot_be_told_is_not_small(tmp_path: Path, place: str) -> None:
    (tmp_path / "own.yml").write_text(f"scores: []\nsources: [{{table: crm_accounts, {place}}}]\n")
    assert weighed("ingest", "--config", str(tmp_path / "own.yml"), "--warehouse", str(tmp_path)) is None
    assert weighed("score", "--warehouse", "hdfs://name/w") is None
    assert not is_small_run("ingest", ["--config", str(tmp_path / "none.yml")])


def test_a_small_run_has_a_java_of_its_own_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    def options(*given: str, is_small: bool = True) -> list[str]:
        return submit_options(given, jars=[], code=None, work=tmp_path, is_small=is_small)

    defaults = (CONF / "spark-defaults.conf").read_text()
    (java,) = [option for option in options() if option.startswith("spark.driver.extraJavaOptions=")]
    assert java.endswith(" -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m")
    assert java.partition("=")[2].partition(" -XX:TieredStopAtLevel")[0] in defaults
    assert "spark.sql.codegen.wholeStage=false" in options()
    assert "TieredStopAtLevel" not in " ".join(options(is_small=False) + options("--master", "yarn"))
    own = "spark.driver.extraJavaOptions=-Xint"
    assert options("--conf", own)[-1] == own  # the last one wins
