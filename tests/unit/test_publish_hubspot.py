"""HubSpot: after failures and another publish it holds what is intended, and nothing was written twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qualscore.errors import ConfigurationError
from qualscore.publish.hubspot import HubspotSender
from qualscore.publish.rows import Row
from qualscore.publish.targets import read
from tests.clouds.hubspot import HubspotCloud
from tests.clouds.server import Reply, running
from tests.small_cards import CREDENTIALS, SECRETS, Killed, Published, named, patient, row, settings

NAMES = {"score": "qualscore_score", "reasons": "qualscore_reasons"}


def rows(*numbers: int, score: int | None = 97, reasons: str | None = None) -> list[Row]:
    return named([row(str(1000 + number), score, reasons=reasons) for number in numbers], NAMES)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubspotCloud]:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with running(HubspotCloud(records={str(1000 + number): {"domain": f"{number}.com"} for number in range(300)})) as it:
        yield it  # type: ignore[misc]


def sender(cloud: HubspotCloud, **values: Any) -> HubspotSender:
    credentials = {"credentials": CREDENTIALS | {"refresh_token_env": "QS_REFRESH_TOKEN"}}
    target = read(settings(name="hub", type="hubspot", url=cloud.url, **credentials | values), Path("hub.yml"))
    return target.sender()  # type: ignore[union-attr, call-arg, return-value]


def scores(cloud: HubspotCloud) -> dict[int, str]:
    return {int(it) - 1000: values["qualscore_score"] for it, values in cloud.records.items() if "qualscore_score" in values}


def test_companies_are_updated_100_at_a_time_and_a_score_that_is_lost_is_emptied(cloud: HubspotCloud) -> None:
    published = Published()
    assert published.publish(sender(cloud), rows(*range(250))) == 250
    assert Counter(cloud.log)["POST /crm/v3/objects/companies/batch/update"] == 3
    assert published.publish(sender(cloud), [*rows(*range(249)), *rows(249, score=None)]) == 1
    assert scores(cloud) == {**dict.fromkeys(range(249), "97"), 249: ""}
    assert cloud.writes == Counter(str(1000 + it) for it in [*range(250), 249])


def test_the_pace_keeps_within_the_limit_of_requests(cloud: HubspotCloud) -> None:
    """With the clock of the wall: five requests in half a second, and ten batches."""
    cloud.limit = (5, 0.5)
    Published().publish(sender(cloud, requests=5, seconds=0.55, batch=25), rows(*range(250)))
    assert (len(scores(cloud)), cloud.refused) == (250, 0)


def test_companies_that_are_gone_and_values_that_are_refused_fail_alone(cloud: HubspotCloud) -> None:
    """A company that is gone fails alone (207); a value that is refused fails the batch, which is halved."""
    del cloud.records["1005"]
    published = Published()
    published.publish(sender(cloud), [*rows(*range(60)), *rows(60, reasons="refused"), *rows(*range(61, 100))])
    assert published.codes == {"1005": "OBJECT_NOT_FOUND", "1060": "VALIDATION_ERROR"}
    cloud.records["1005"] = {}
    assert published.publish(sender(cloud), rows(*range(100))) == 2
    assert (scores(cloud), max(cloud.writes.values())) == (dict.fromkeys(range(100), "97"), 1)


def test_a_property_that_is_not_there_ends_it_with_what_to_do(cloud: HubspotCloud) -> None:
    wrong = named([row("1001", 5)], {"score": "qualscore_scor"})
    with pytest.raises(ConfigurationError, match="make the properties that recipe.md lists"):
        Published().publish(sender(cloud), wrong)


@pytest.mark.parametrize("what", [Reply(429), Reply(503), "drop", "drop after"], ids=str)
def test_it_survives_what_goes_wrong_and_a_killed_publish_is_completed(cloud: HubspotCloud, what: Reply | str) -> None:
    cloud.fail("batch/update", what, times=2, skip=1)
    published = Published()
    with pytest.raises(Killed):
        made = sender(cloud)
        patient(made.session)
        published.publish(made, rows(*range(250)), dies_after=2)
    cloud.tokens.clear()
    assert published.publish(sender(cloud), rows(*range(250))) == 50
    assert len(scores(cloud)) == 250
    assert max(cloud.writes.values()) == (3 if what == "drop after" else 1)  # the same values again, as their answer was lost


def test_new_companies_are_made_once_by_a_unique_property(cloud: HubspotCloud) -> None:
    new = {"segment": "best", "most": 5, "key": "qualscore_domain"}
    made = [Row(it.mark, {**it.values, "name": "New"}) for it in named([row("a.com", is_new=True), row("b.com", is_new=True)], NAMES)]
    published = Published()
    published.publish(sender(cloud, new_records=new), [*rows(1), *made])
    published.hashes.clear()
    published.publish(sender(cloud, new_records=new), [*rows(1), *made])
    assert [it["qualscore_domain"] for it in cloud.records.values() if it.get("name") == "New"] == ["a.com", "b.com"]


def test_the_token_of_a_private_app_is_taken_as_it_is(cloud: HubspotCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS_TOKEN", cloud.token())
    Published().publish(sender(cloud, credentials={"token_env": "QS_TOKEN"}), rows(1))
    assert scores(cloud) == {1: "97"} and cloud.log == ["POST /crm/v3/objects/companies/batch/update"]
