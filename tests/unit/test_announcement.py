"""What is said before scores are published, and when that stops them."""

from typing import Any

from qualscore.errors import ChangesNotAccepted
from qualscore.reports.announcement import Announcement
from qualscore.reports.house.words import NBSP


def changes(change: str, cause: str, before: str | None, after: str | None, accounts: int) -> dict[str, Any]:
    return {"change": change, "cause": cause, "band_before": before, "band": after, "accounts": accounts}


UP = {"band_before": "likely", "band": "highly_likely"}
CHANGES = [
    changes("changed", "model", "likely", "highly_likely", 12),
    changes("changed", "data", "likely", "highly_likely", 1),
    changes("changed", "model", "unlikely", "likely", 20),
    changes("changed", "model", "likely", "likely", 30),
    changes("new", "data", None, "likely", 500),
    changes("gone", "rule", "likely", None, 20),
]


def test_who_comes_or_goes_or_moves_within_a_band_changes_none() -> None:
    told = Announcement("small", 120, CHANGES)
    assert (told.movers, told.compared, told.share) == (33, 100, 0.33)
    assert told.causes == {"data": 501, "model": 62, "rule": 20}
    assert Announcement("small", 20, CHANGES[-1:]).share == Announcement("small", 9, []).share == 0.0


def test_a_stop_says_why_who_and_what_to_do() -> None:
    furthest = [
        {"domain": "acme.com", "company_name": "Acme\x1b[2J\nInc", "score_before": 12.0, "score": 96.25} | UP,
        {"domain": "b.com", "company_name": None, "score_before": 60.0, "score": 60.0} | UP,
    ]
    assert Announcement("small", 120, CHANGES).stop(furthest, most_movers=0.2, job="pipeline").replace(NBSP, " ").splitlines() == [
        "small: 33 % of its accounts would change band, more than most_movers allows (20 %); nothing of this score is published",
        "  33 of 100 accounts change band (data 1, model 32): Unlikely to Likely 20, Likely to Highly Likely 13; 500 accounts come and "
        "20 go (who comes or goes is not counted)",
        "  furthest: Acme [2J Inc (acme.com) 12.00 Likely to 96.25 Highly Likely; b.com 60.00 Likely to 60.00 Highly Likely",
        "  If that is meant: ./spark-submit.sh pipeline --accept-changes",
        "  If not: where the model is the cause, compare and rollback; where a rule is, the definition's bands; where data are, the "
        "deliveries: ingest says what is new in them",
    ]
    assert ChangesNotAccepted.exit_code == 9
