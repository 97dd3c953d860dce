"""Who gets which account of a call list, on candidates that can be checked by eye."""

import random
from typing import Any

import pandas as pd
import pytest

from qualscore.definitions.call_list import CallList
from qualscore.scores.draft import drafted

COLUMNS = ["domain", "precedence", "worth", "crm_owner", "parent", "industry", "bucket", "is_control"]
Row = tuple[str, float, str | None, str | None, str | None, bool]


def candidates(*rows: Row, buckets: dict[str, str] | None = None) -> pd.DataFrame:
    """Of domain, score, owner, parent, industry, is_control; what an account is worth is its score."""
    known = [
        (domain, score, score, owner, parent, industry, (buckets or {}).get(domain), held)
        for domain, score, owner, parent, industry, held in rows
    ]
    return pd.DataFrame(known, columns=COLUMNS)


def plain(number: int, **owners: str) -> list[Row]:
    """a0.com, ... with scores 99, 98, ... ."""
    return [(f"a{place}.com", 99.0 - place, owners.get(f"a{place}"), None, None, False) for place in range(number)]


def told(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    known = frame[["domain", "owner", "rank", "fell_by"]].astype(object)
    return [tuple(row) for row in known.where(known.notna(), None).itertuples(index=False)]


def wanted(**keys: Any) -> CallList:
    return CallList.model_validate({"name": "test", "control_share": 0} | keys)


def test_the_best_are_on_the_list_and_equal_ones_by_domain() -> None:
    rows = [("b.com", 90.0, None, None, None, False), ("c.com", 95.0, "Eva", None, None, False), ("a.com", 90.0, None, None, None, False)]
    assert told(drafted(candidates(*rows), wanted(accounts=2))) == [
        ("c.com", "Eva", 1, None),
        ("a.com", None, 2, None),
        ("b.com", None, None, "not_needed"),
    ]


def test_caps_keep_a_list_from_being_one_of_a_group_or_of_an_industry() -> None:
    """Unknown parents and industries are no one group; who falls by a cap makes room for the next."""
    rows = [
        ("a.com", 99.0, "Eva", "Group", "Retail", False),
        ("b.com", 98.0, "Eva", "Group", "Banking", False),
        ("c.com", 97.0, None, None, "Retail", False),
        ("d.com", 96.0, "Ben", None, None, False),
        ("e.com", 95.0, "Eva", None, None, False),
        ("f.com", 94.0, None, None, None, False),
        ("g.com", 93.0, None, None, None, False),
    ]
    list_of = wanted(accounts=3, caps={"parent": 1, "industry": 1, "owner": 1})
    assert [(it[0], it[3]) for it in told(drafted(candidates(*rows), list_of))] == [
        ("a.com", None),
        ("b.com", "owner_cap"),
        ("c.com", "industry_cap"),
        ("d.com", None),
        ("e.com", "owner_cap"),
        ("f.com", None),
        ("g.com", "not_needed"),
    ]
    without_owners = wanted(accounts=3, caps={"parent": 1})
    assert [it[0] for it in told(drafted(candidates(*rows), without_owners)) if it[3] == "parent_cap"] == ["b.com"]


def test_a_quota_is_what_a_band_or_product_gets_and_the_others_share_the_rest() -> None:
    buckets = {"a0.com": "platform", "a1.com": "platform", "a2.com": "platform"}
    list_of = wanted(accounts=3, quota={"product": {"platform": 2}})
    assert told(drafted(candidates(*plain(6), buckets=buckets), list_of)) == [
        ("a0.com", None, 1, None),
        ("a1.com", None, 2, None),
        ("a2.com", None, None, "quota"),
        ("a3.com", None, 3, None),
        ("a4.com", None, None, "not_needed"),
        ("a5.com", None, None, "not_needed"),
    ]


def test_owners_get_their_own_and_share_what_is_nobodys() -> None:
    """Spelt as the list spells them; whose accounts are worth less gets the next."""
    list_of = wanted(accounts=2, per="owner", owners=["Ada", "Ben"])
    assert told(drafted(candidates(*plain(5, a1="ben ", a4="Ada")), list_of)) == [
        ("a0.com", "Ada", 1, None),
        ("a1.com", "Ben", 1, None),
        ("a2.com", "Ben", 2, None),
        ("a3.com", "Ada", 2, None),
        ("a4.com", None, None, "not_needed"),
    ]


def test_owners_without_a_named_list_have_their_own_accounts_alone() -> None:
    rows = plain(3, a0="Eva", a1="Eva", a2="Eva")
    assert told(drafted(candidates(*rows), wanted(accounts=2, per="owner"))) == [
        ("a0.com", "Eva", 1, None),
        ("a1.com", "Eva", 2, None),
        ("a2.com", None, None, "not_needed"),
    ]


@pytest.mark.parametrize("owners", [2, 5])
def test_lists_of_those_who_share_are_worth_the_same(owners: int) -> None:
    """200 accounts of very different worth; shared in turns, the first owner would have some 20 % more than the last."""
    draws = random.Random(5)
    rows = [(f"{place}.com", 100 * draws.random() ** 3, None, None, None, False) for place in range(200)]
    names = [f"owner {it}" for it in range(owners)]
    result = drafted(candidates(*rows), wanted(accounts=30, per="owner", owners=names))
    by_owner = result[result["fell_by"].isna()].groupby("owner")
    assert by_owner.size().to_dict() == dict.fromkeys(names, 30)
    sums = by_owner["worth"].sum()
    assert sums.max() - sums.min() < 0.01 * sums.max(), sums


def test_held_out_accounts_take_nobodys_room_and_are_as_good_as_the_others() -> None:
    """They are on the list as long as it is not full, whoever would have called them."""
    rows = plain(6)
    rows[1], rows[5] = (*rows[1][:5], True), (*rows[5][:5], True)
    assert told(drafted(candidates(*rows), wanted(accounts=3))) == [
        ("a0.com", None, 1, None),
        ("a1.com", None, None, None),
        ("a2.com", None, 2, None),
        ("a3.com", None, 3, None),
        ("a4.com", None, None, "not_needed"),
        ("a5.com", None, None, "not_needed"),
    ]


def test_the_same_candidates_in_any_order_give_the_same_list() -> None:
    frame = candidates(*[(*row[:5], place % 3 == 0) for place, row in enumerate(plain(40, a3="Ada", a9="Ben"))])
    list_of = wanted(accounts=8, per="owner", owners=["Ada", "Ben", "Cem"])
    first = told(drafted(frame, list_of))
    for seed in range(3):
        assert told(drafted(frame.sample(frac=1, random_state=seed), list_of)) == first


def test_a_list_without_candidates_is_empty() -> None:
    assert told(drafted(candidates(), wanted())) == []
