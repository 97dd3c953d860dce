"""Salesforce: after failures and another publish it holds what is intended, and nothing was written twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qualscore.errors import ConfigurationError, TargetFailed
from qualscore.publish.rows import Row
from qualscore.publish.salesforce import SalesforceSender
from qualscore.publish.targets import read
from tests.clouds.salesforce import SalesforceCloud
from tests.clouds.server import Reply, running
from tests.small_cards import SECRETS, Killed, Published, named, patient, row, settings

NAMES = {"score": "Qualscore_Score__c", "reasons": "Qualscore_Reasons__c", "name": "Name"}


def id_of(number: int) -> str:
    return f"001A{number:011d}"


def rows(*numbers: int, score: int | None = 97, reasons: str | None = None) -> list[Row]:
    """By ids of 15 characters, as clean/crm_accounts has them."""
    return named([row(id_of(number), score, reasons=reasons) for number in numbers], NAMES)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[SalesforceCloud]:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    records: dict[str, dict[str, Any]] = {f"{id_of(number)}AAA": {"Name": f"Account {number}"} for number in range(500)}
    with running(SalesforceCloud(records=records)) as it:
        yield it  # type: ignore[misc]


def sender(cloud: SalesforceCloud, **values: Any) -> SalesforceSender:
    target = read(settings(name="sf", type="salesforce", url=cloud.url, **values), Path("sf.yml"))
    made = target.sender()  # type: ignore[union-attr, call-arg]
    patient(made.session)
    return made


def scores(cloud: SalesforceCloud) -> dict[int, Any]:
    found = {it: values["Qualscore_Score__c"] for it, values in cloud.records.items() if "Qualscore_Score__c" in values}
    return {int(it[4:15]): score for it, score in sorted(found.items())}


@pytest.mark.parametrize("small", [2000, 0], ids=["composite", "bulk"])
def test_each_record_is_written_once_and_a_score_that_is_lost_is_emptied(cloud: SalesforceCloud, small: int) -> None:
    published = Published()
    assert published.publish(sender(cloud, small=small), rows(*range(450))) == 450
    assert (scores(cloud), published.failures) == (dict.fromkeys(range(450), 97), [])
    changed = [*rows(*range(448)), *rows(448, score=12), *rows(449, score=None)]
    assert published.publish(sender(cloud, small=small), changed) == 2
    assert scores(cloud) == {**dict.fromkeys(range(448), 97), 448: 12, 449: None}
    assert cloud.writes == Counter(f"{id_of(it)}AAA" for it in [*range(450), 448, 449])
    assert published.publish(sender(cloud, small=small), changed) == 0


def test_few_rows_go_200_at_a_time_and_many_in_one_job(cloud: SalesforceCloud) -> None:
    Published().publish(sender(cloud, small=450), rows(*range(450)))
    assert Counter(cloud.log) == {"POST /services/oauth2/token": 1, "PATCH /services/data/v62.0/composite/sobjects": 3}
    Published().publish(sender(cloud, small=449), rows(*range(450)))
    assert len(cloud.jobs) == 1


def test_files_keep_their_limit(cloud: SalesforceCloud) -> None:
    published = Published()
    published.publish(sender(cloud, small=0, file_bytes=1000), rows(*range(100)))
    assert len(cloud.jobs) == 3 and [len(it.rows or []) for it in cloud.jobs.values()] == [39, 39, 22]
    assert len(published.hashes) == 100


@pytest.mark.parametrize("small", [2000, 0], ids=["composite", "bulk"])
def test_rows_that_are_refused_are_named_and_go_again(cloud: SalesforceCloud, small: int) -> None:
    del cloud.records[f"{id_of(2)}AAA"]
    published, refused = Published(), rows(1, reasons="refused by a rule")
    published.publish(sender(cloud, small=small), [*rows(0), *refused, *rows(2, 3)])
    assert published.codes == {id_of(1): "FIELD_CUSTOM_VALIDATION_EXCEPTION", id_of(2): "INVALID_CROSS_REFERENCE_KEY"}
    assert scores(cloud) == {0: 97, 3: 97}
    cloud.records[f"{id_of(2)}AAA"] = {}
    assert published.publish(sender(cloud, small=small), rows(*range(4))) == 2
    assert (scores(cloud), max(cloud.writes.values())) == (dict.fromkeys(range(4), 97), 1)


def test_half_a_job_that_is_not_processed_goes_again(cloud: SalesforceCloud) -> None:
    cloud.stops_after = 60
    published = Published()
    published.publish(sender(cloud, small=0), rows(*range(100)))
    assert Counter(published.codes.values()) == {"UNPROCESSED": 40}
    cloud.stops_after = None
    assert published.publish(sender(cloud, small=0), rows(*range(100))) == 40
    assert (len(scores(cloud)), max(cloud.writes.values())) == (100, 1)


@pytest.mark.parametrize("dies_after", [1, 2, 3])
def test_what_a_killed_publish_left_is_completed_and_nothing_goes_twice(cloud: SalesforceCloud, dies_after: int) -> None:
    """After the first job was made, after its results, and after the second one was made."""
    published = Published()
    with pytest.raises(Killed):
        published.publish(sender(cloud, small=0, file_rows=50), rows(*range(100)), dies_after=dies_after)
    published.publish(sender(cloud, small=0, file_rows=50), rows(*range(100)))
    assert (len(scores(cloud)), max(cloud.writes.values()), published.jobs) == (100, 1, [])
    assert {it.state for it in cloud.jobs.values()} <= {"JobComplete", "Aborted"}


def test_a_job_that_runs_on_is_asked_for_by_the_next_publish(cloud: SalesforceCloud) -> None:
    cloud.polls = 40
    published = Published()
    with pytest.raises(TargetFailed, match="is not done after 0.1 minutes"):
        published.publish(sender(cloud, small=0, poll_minutes=0.1), rows(*range(100)))
    assert published.publish(sender(cloud, small=0), rows(*range(100))) == 0
    assert (len(cloud.jobs), len(scores(cloud)), max(cloud.writes.values())) == (1, 100, 1)


@pytest.mark.parametrize("part", ["POST /services/data", "PUT", "PATCH", "GET /services/data/v62.0/jobs/ingest/750"])
@pytest.mark.parametrize("what", [Reply(429, headers={"Retry-After": "3"}), Reply(503), "drop", "drop after"], ids=str)
def test_a_job_survives_what_goes_wrong_with_any_of_its_requests(cloud: SalesforceCloud, part: str, what: Reply | str) -> None:
    cloud.fail(part, what, times=2)
    published = Published()
    published.publish(sender(cloud, small=0), rows(*range(100)))
    assert (len(scores(cloud)), max(cloud.writes.values()), published.failures) == (100, 1, [])


def test_a_token_that_expires_half_way_is_renewed(cloud: SalesforceCloud) -> None:
    made = sender(cloud)
    events = made.send(iter(rows(*range(450))))
    next(events)
    cloud.tokens.clear()
    assert [len(it.results) for it in events] == [200, 50]  # type: ignore[union-attr]
    assert (len(scores(cloud)), max(cloud.writes.values())) == (450, 1)


def test_new_records_are_made_once_by_their_domain(cloud: SalesforceCloud) -> None:
    new = {"segment": "best", "most": 5, "key": "Qualscore_Domain__c"}
    made = named([row("a.com", is_new=True, name="A"), row("b.com", is_new=True, name="B")], NAMES)
    published = Published()
    published.publish(sender(cloud, new_records=new), [*rows(1), *made])
    published.hashes.clear()
    published.publish(sender(cloud, new_records=new), [*rows(1), *made])
    assert [it["Name"] for it in cloud.records.values() if "Qualscore_Domain__c" in it] == ["A", "B"]


def test_an_external_id_identifies_records_where_the_target_says_so(cloud: SalesforceCloud) -> None:
    cloud.records[f"{id_of(7)}AAA"]["External_Id__c"] = "crm-7"
    published, those = Published(), named([row("crm-7"), row("crm-8")], NAMES)
    published.publish(sender(cloud, key="External_Id__c"), those)
    assert scores(cloud) == {7: 97}
    assert published.codes == {"crm-8": "REQUIRED_FIELD_MISSING"}


def test_wrong_credentials_are_said_without_them(cloud: SalesforceCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS_CLIENT_SECRET", "wr0ng")
    with pytest.raises(ConfigurationError, match="no token for these credentials: invalid_client") as refusal:
        Published().publish(sender(cloud), rows(1))
    assert "wr0ng" not in str(refusal.value)
