"""Requests to targets: repeated where that helps, with a token that is renewed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from qualscore.errors import ConfigurationError, TargetFailed
from qualscore.publish.http_session import HttpSession
from qualscore.publish.pace import Pace
from tests.clouds.server import Asked, Cloud, Reply, running
from tests.small_cards import patient


@dataclass
class EchoCloud(Cloud):
    def answer(self, asked: Asked) -> Reply:
        return Reply(200, {"said": asked.json}) if self.knows(asked) else Reply(401, {"error": "expired"})


@pytest.fixture
def cloud() -> Iterator[EchoCloud]:
    with running(EchoCloud()) as it:
        yield it  # type: ignore[misc]


def session_of(cloud: Cloud, **given: float) -> tuple[HttpSession, list[float]]:
    session = HttpSession(cloud.url, lambda session: cloud.token(), Pace(100, 1), **given)  # type: ignore[arg-type]
    return session, patient(session)


@pytest.mark.parametrize(
    "what, waits",
    [
        (Reply(429, headers={"Retry-After": "7"}), [7.0, 7.0]),
        (Reply(503), [1.0, 2.0]),
        (Reply(429, headers={"Retry-After": "Tue, 01 Dec 2026 10:00:30 GMT"}), [30.0, 30.0]),
        ("drop", [1.0, 2.0]),
        ("drop after", [1.0, 2.0]),
    ],
    ids=["429", "503", "429 with a date", "dropped", "answer lost"],
)
def test_a_temporary_failure_is_waited_for_as_the_server_asks(cloud: EchoCloud, what: Reply | str, waits: list[float]) -> None:
    session, waited = session_of(cloud)
    session.now = lambda: datetime(2026, 12, 1, 10, tzinfo=UTC)
    cloud.fail("/x", what, times=2)
    assert session.send("POST", "/x", json=1).json() == {"said": 1}
    assert (waited, cloud.log) == (waits, ["POST /x"] * 3)


def test_what_does_not_get_well_is_given_up_with_its_reason(cloud: EchoCloud) -> None:
    session, waited = session_of(cloud, most_wait=10)
    cloud.fail("/x", Reply(503, "maintenance"), times=99)
    with pytest.raises(TargetFailed, match="POST /x: given up after 4 tries in 7 s: 503 maintenance"):
        session.send("POST", "/x", json=1)
    assert waited == [1.0, 2.0, 4.0]


def test_a_token_that_has_expired_is_renewed_once(cloud: EchoCloud) -> None:
    session, waited = session_of(cloud)
    session.send("POST", "/x", json=1)
    cloud.tokens.clear()
    assert session.send("POST", "/x", json=2).json() == {"said": 2}
    assert (cloud.log, waited) == (["POST /x"] * 3, [])


def test_credentials_that_are_refused_end_it_at_once(cloud: EchoCloud) -> None:
    session, _ = session_of(cloud)
    session.token = lambda session: "wrong"
    with pytest.raises(ConfigurationError, match="the credentials are refused"):
        session.send("POST", "/x", json=1)
    assert len(cloud.log) == 3


def test_nobody_there_is_a_failure_without_a_secret() -> None:
    session = HttpSession("http://127.0.0.1:9", None, Pace(9, 1), most_wait=0)
    with pytest.raises(TargetFailed) as failure:
        session.send("GET", "/token", params={"client_secret": "s3cret"})
    assert "s3cret" not in str(failure.value) and "no connection" in str(failure.value)
