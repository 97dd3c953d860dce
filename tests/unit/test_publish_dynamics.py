"""Dynamics 365: after failures and another publish it holds what is intended, and nothing was written twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qualscore.errors import ConfigurationError
from qualscore.publish.dynamics import DynamicsSender
from qualscore.publish.rows import Row
from qualscore.publish.targets import read
from tests.clouds.dynamics import DynamicsCloud
from tests.clouds.server import Reply, running
from tests.small_cards import SECRETS, Killed, Published, named, patient, row, settings

NAMES = {"score": "qs_score", "reasons": "qs_reasons"}


def id_of(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012d}"


def rows(*numbers: int, score: int | None = 97, reasons: str | None = None) -> list[Row]:
    return named([row(id_of(number), score, reasons=reasons) for number in numbers], NAMES)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamicsCloud]:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with running(DynamicsCloud(records={id_of(number): {} for number in range(2500)})) as it:
        yield it  # type: ignore[misc]


def sender(cloud: DynamicsCloud, **values: Any) -> DynamicsSender:
    given = settings(name="crm", type="dynamics", url=cloud.url, login_url=cloud.url, tenant="tenant", **values)
    made = read(given, Path("crm.yml")).sender()  # type: ignore[union-attr, call-arg]
    patient(made.session)
    return made  # type: ignore[return-value]


def scores(cloud: DynamicsCloud) -> dict[str, Any]:
    return {it: values["qs_score"] for it, values in cloud.records.items() if "qs_score" in values}


def test_records_are_updated_1000_at_a_time_and_a_score_that_is_lost_is_emptied(cloud: DynamicsCloud) -> None:
    published = Published()
    assert published.publish(sender(cloud), rows(*range(2500))) == 2500
    assert Counter(cloud.log)["POST /api/data/v9.2/accounts/Microsoft.Dynamics.CRM.UpdateMultiple"] == 3
    assert published.publish(sender(cloud), [*rows(*range(2499)), *rows(2499, score=None)]) == 1
    assert scores(cloud) == {**{id_of(it): 97 for it in range(2499)}, id_of(2499): None}
    assert cloud.writes == Counter(id_of(it) for it in [*range(2500), 2499])


def test_a_batch_that_is_rolled_back_is_halved_until_the_rows_that_fail_are_alone(cloud: DynamicsCloud) -> None:
    del cloud.records[id_of(3)]
    published = Published()
    published.publish(sender(cloud), [*rows(*range(60)), *rows(60, reasons="refused"), *rows(*range(61, 1000))])
    assert published.codes == {id_of(3): "0x80040217", id_of(60): "0x80040265"}
    assert (len(scores(cloud)), max(cloud.writes.values()), len(cloud.log)) == (998, 1, 1 + 31)
    cloud.records[id_of(3)] = {}
    assert published.publish(sender(cloud), rows(*range(1000))) == 2
    assert (len(scores(cloud)), max(cloud.writes.values())) == (1000, 1)


def test_an_alternate_key_upserts(cloud: DynamicsCloud) -> None:
    cloud.records = {"held": {"qs_domain": "o'neil.com"}}
    new = {"segment": "best", "most": 5, "key": "qs_domain"}
    made = named([row("o'neil.com", 50), row("b&c.com", 60)], NAMES)
    Published().publish(sender(cloud, key="qs_domain", new_records=new), made)
    assert list(cloud.records.values()) == [{"qs_domain": "o'neil.com", "qs_score": 50}, {"qs_domain": "b&c.com", "qs_score": 60}]


def test_a_column_that_is_not_there_ends_it_with_what_to_do(cloud: DynamicsCloud) -> None:
    with pytest.raises(ConfigurationError, match="make the columns that recipe.md lists"):
        Published().publish(sender(cloud), named([row(id_of(1), 5)], {"score": "qs_scor"}))


@pytest.mark.parametrize("what", [Reply(429, headers={"Retry-After": "2"}), Reply(503), "drop"], ids=str)
def test_it_survives_what_goes_wrong_and_a_killed_publish_is_completed(cloud: DynamicsCloud, what: Reply | str) -> None:
    cloud.fail("UpdateMultiple", what, times=2, skip=1)
    published = Published()
    with pytest.raises(Killed):
        published.publish(sender(cloud), rows(*range(2500)), dies_after=2)
    cloud.tokens.clear()
    assert published.publish(sender(cloud), rows(*range(2500))) == 500
    assert (len(scores(cloud)), max(cloud.writes.values())) == (2500, 1)
