"""A publish that is killed is completed by the next one: the target holds what it is to hold, and nothing twice. Two minutes.

It is not among the tests that run by default: ./spark-submit.sh test tests/slow/test_killed_publish.py.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from qualscore import contracts
from qualscore.storage.tables import Tables
from tests.clouds.hubspot import HubspotCloud
from tests.clouds.salesforce import SalesforceCloud
from tests.clouds.server import Cloud, running
from tests.small_cards import CREDENTIALS, SECRETS
from tests.spark.test_publish import LEFT_OUT, tables

pytestmark = pytest.mark.slow

HOME = Path(__file__).parents[2]
ACCOUNTS = [(f"001{it:012d}AAA", f"Company {it}", f"company{it}.com", {"platform": 50.0 + it / 10}) for it in range(400)]
IDS = {it[0] for it in ACCOUNTS}
SCORES = {it[0]: int(it[3]["platform"]) for it in ACCOUNTS}
FIELDS_LEFT_OUT = {name: None for name in LEFT_OUT if "analytics" not in name}
ENVIRONMENT = os.environ | SECRETS
MOST_SECONDS = 300


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with scores of a CRM's accounts, a segment of three more, and its configuration."""
    made = tmp_path_factory.mktemp("killed")
    for name, rows in tables(ACCOUNTS).items():
        Tables(spark, str(made / "warehouse")).replace(name, contracts.load(name).rows(spark, rows))
    (made / "scores").mkdir()
    (made / "scores" / "platform.yml").write_text("name: platform\nexamples: {account_list: won}\n")
    (made / "segments").mkdir()
    (made / "segments" / "best.yml").write_text("name: best\nwhen: platform.score > 70\n")
    (made / "won.csv").write_text("domain\ncompany0.com\n")
    sources = "sources: [{table: account_lists, list: won, path: won.csv}]\n"
    (made / "acme.yml").write_text(f"{sources}scores: [scores/]\nsegments: [segments/]\ntargets: [targets/]\n")
    (made / "targets").mkdir()
    return made


@pytest.fixture
def hubspot(folder: Path) -> Iterator[Cloud]:
    with running(HubspotCloud(records={it[0]: {} for it in ACCOUNTS})) as cloud:
        names = {it: f"qualscore_{it}" for it in ("score", "band", "reasons")}
        new = {"segment": "best", "most": 2, "key": "qualscore_domain"}
        write(
            folder, {"type": "hubspot", "url": cloud.url, "batch": 5, "fields": names | FIELDS_LEFT_OUT, "new_records": new}, refresh=True
        )
        yield cloud


@pytest.fixture
def salesforce(folder: Path) -> Iterator[Cloud]:
    with running(SalesforceCloud(records={it[0]: {} for it in ACCOUNTS}, polls=3)) as cloud:
        names = {it: f"Qualscore_{it.title()}__c" for it in ("score", "band", "reasons")}
        new = {"segment": "best", "most": 2, "key": "Qualscore_Domain__c"}
        bulk = {"small": 0, "file_rows": 100}
        write(folder, {"type": "salesforce", "url": cloud.url, "fields": names | FIELDS_LEFT_OUT, "new_records": new, **bulk})
        yield cloud


def write(folder: Path, target: dict[str, Any], *, refresh: bool = False) -> None:
    credentials = CREDENTIALS | ({"refresh_token_env": "QS_REFRESH_TOKEN"} if refresh else {})
    (folder / "targets" / "crm.yml").write_text(json.dumps({"name": target["type"], "credentials": credentials, **target}))


def command(folder: Path) -> list[str]:
    settings = ["--config", str(folder / "acme.yml"), "--warehouse", str(folder / "warehouse")]
    return [str(HOME / "spark-submit.sh"), "publish", *settings, "--", "--driver-memory", "2g"]


def killed(folder: Path, is_time: Callable[[], bool]) -> None:
    """A publish that dies at a point, with all its processes."""
    publishing = subprocess.Popen(command(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT)
    ends = time.monotonic() + MOST_SECONDS
    while not is_time() and time.monotonic() < ends and publishing.poll() is None:
        time.sleep(0.002)
    assert publishing.poll() is None, publishing.communicate()[0]
    # Spark has a process group of its own, which outlives a launcher that is killed.
    entries = max((folder / "warehouse" / "_locks").glob("publish_*/_entries/*.json"), key=lambda it: it.stat().st_mtime_ns)
    os.killpg(os.getpgid(json.loads(entries.read_text())["pid"]), signal.SIGKILL)
    publishing.wait()


def published(folder: Path) -> str:
    done = subprocess.run(command(folder), capture_output=True, text=True, check=False, env=ENVIRONMENT, timeout=MOST_SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_hubspot_holds_every_score_once(folder: Path, hubspot: Cloud) -> None:
    killed(folder, lambda: len(hubspot.writes) >= 100)
    before = len(hubspot.writes)
    assert before < len(ACCOUNTS)
    published(folder)
    assert {name: int(it["qualscore_score"]) for name, it in hubspot.records.items() if name in IDS} == SCORES
    assert sorted(it["domain"] for it in hubspot.records.values() if "domain" in it) == ["new1.com", "new2.com"]
    # The batch whose answer nobody lived to write down goes again.
    assert hubspot.writes.total() - len(hubspot.writes) <= 5 and set(hubspot.writes.values()) <= {1, 2}
    asked = len(hubspot.log)
    assert "0 of 0 changed rows sent" in published(folder)
    assert [it for it in hubspot.log[asked:] if "batch" in it] == []


def test_salesforce_takes_up_the_jobs_of_a_dead_publish(folder: Path, salesforce: SalesforceCloud) -> None:
    killed(folder, lambda: sum(it.state == "JobComplete" for it in salesforce.jobs.values()) >= 1 and len(salesforce.jobs) > 1)
    published(folder)
    assert {name: it["Qualscore_Score__c"] for name, it in salesforce.records.items() if name in IDS} == SCORES
    assert sorted(it["Website"] for it in salesforce.records.values() if "Website" in it) == ["new1.com", "new2.com"]
    assert set(salesforce.writes.values()) <= {1, 2}
    asked = len(salesforce.log)
    assert "0 of 0 changed rows sent" in published(folder)
    assert [it for it in salesforce.log[asked:] if "jobs" in it] == []
