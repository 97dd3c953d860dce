"""Marketo: after failures and another publish it holds what is intended, and nothing was written twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qualscore.errors import TargetFailed
from qualscore.publish.marketo import MarketoSender
from qualscore.publish.rows import Row
from qualscore.publish.targets import read
from tests.clouds.marketo import MarketoCloud
from tests.clouds.server import Reply, running
from tests.small_cards import SECRETS, Killed, Published, patient, row, settings

SYNC = "POST /rest/v1/customobjects/qualscore_c.json"
IMPORT = "POST /bulk/v1/customobjects/qualscore_c/import.json"
BUSY = [Reply(200, {"success": False, "errors": [{"code": code, "message": "busy"}]}) for code in ("606", "615", "1016")]


def rows(*numbers: int, score: int | None = 97, reasons: str | None = "uses Kafka") -> list[Row]:
    return [row(f"{number}.com", score, reasons=reasons) for number in numbers]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[MarketoCloud]:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with running(MarketoCloud()) as it:
        yield it  # type: ignore[misc]


def sender(cloud: MarketoCloud, **values: Any) -> MarketoSender:
    made = read(settings(name="mas", type="marketo", url=cloud.url, object="qualscore_c", **values), Path("mas.yml")).sender()  # type: ignore[union-attr, call-arg]
    patient(made.session)
    return made  # type: ignore[return-value]


def scores(cloud: MarketoCloud) -> dict[str, Any]:
    return {it: values["score"] for it, values in cloud.records.items()}


@pytest.mark.parametrize("small, asked", [(3000, {SYNC: 2}), (0, {IMPORT: 1})], ids=["plain", "import"])
def test_each_record_is_written_once(cloud: MarketoCloud, small: int, asked: dict[str, int]) -> None:
    published = Published()
    assert published.publish(sender(cloud, small=small), rows(*range(500))) == 500
    assert (scores(cloud), cloud.writes) == ({f"{it}.com": 97 for it in range(500)}, Counter(f"{it}.com" for it in range(500)))
    assert {line: number for line, number in Counter(cloud.log).items() if line.startswith("POST")} == asked
    assert published.publish(sender(cloud, small=small), rows(*range(500))) == 0


def test_rows_that_empty_a_field_go_by_plain_requests_whatever_their_number(cloud: MarketoCloud) -> None:
    published = Published()
    published.publish(sender(cloud), rows(*range(10)))
    published.publish(sender(cloud, small=0), [*rows(*range(9), score=50), *rows(9, score=None, reasons=None)])
    assert cloud.records["9.com"] == {"domain": "9.com", "score": None, "reasons": None}
    assert (cloud.records["8.com"]["score"], len(cloud.imports)) == (50, 1)


def test_files_and_requests_keep_their_limits(cloud: MarketoCloud) -> None:
    published = Published()
    published.publish(sender(cloud, small=0, file_bytes=1000), rows(*range(100)))
    assert [len(it["rows"]) for it in cloud.imports.values()] == [47, 46, 7]
    published.publish(sender(cloud), rows(*range(250), reasons="x" * 9000))
    assert Counter(cloud.log)[SYNC] == 3  # 2.2 MB, of which one takes 1


@pytest.mark.parametrize("small", [3000, 0], ids=["plain", "import"])
def test_rows_that_are_refused_are_named_and_go_again(cloud: MarketoCloud, small: int) -> None:
    published = Published()
    published.publish(sender(cloud, small=small), [*rows(0), *rows(1, reasons="refused"), *rows(2)])
    assert published.codes == {"1.com": "ROW_FAILED" if small == 0 else "1006"}
    assert published.publish(sender(cloud, small=small), rows(0, 1, 2)) == 1
    assert (len(scores(cloud)), max(cloud.writes.values())) == (3, 1)


@pytest.mark.parametrize("dies_after", [1, 2, 3])
def test_what_a_killed_publish_left_is_completed_and_nothing_goes_twice(cloud: MarketoCloud, dies_after: int) -> None:
    """After the first import began, after its results, and after the second began."""
    published = Published()
    with pytest.raises(Killed):
        published.publish(sender(cloud, small=0, file_bytes=1200), rows(*range(100)), dies_after=dies_after)
    published.publish(sender(cloud, small=0), rows(*range(100)))
    assert (len(scores(cloud)), max(cloud.writes.values()), published.jobs) == (100, 1, [])


@pytest.mark.parametrize("what", [*BUSY, Reply(503), Reply(429, headers={"Retry-After": "3"}), "drop"], ids=str)
@pytest.mark.parametrize("part", ["POST", "status.json"])
def test_an_import_survives_what_goes_wrong_with_any_of_its_requests(cloud: MarketoCloud, part: str, what: Reply | str) -> None:
    cloud.fail(part, what, times=2)
    Published().publish(sender(cloud, small=0), rows(*range(100)))
    assert (len(scores(cloud)), max(cloud.writes.values())) == (100, 1)


def test_a_token_that_expires_half_way_is_renewed(cloud: MarketoCloud) -> None:
    made = sender(cloud)
    events = made.send(iter(rows(*range(500))))
    next(events)
    cloud.tokens.clear()
    assert [len(it.results) for it in events] == [200]  # type: ignore[union-attr]
    assert (len(scores(cloud)), max(cloud.writes.values())) == (500, 1)


def test_a_quota_that_is_used_up_ends_it_with_marketos_words(cloud: MarketoCloud) -> None:
    cloud.fail(SYNC, Reply(200, {"success": False, "errors": [{"code": "607", "message": "Daily API Request Limit Reached"}]}))
    with pytest.raises(TargetFailed, match="607 Daily API Request Limit Reached"):
        Published().publish(sender(cloud), rows(1))
