"""Distributions of a training's day beside those of a later one, of accounts that can be made to change."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from qualscore.model.judging import ageing
from tests.small_accounts import COMPANIES, accounts
from tests.small_model import small_model

MODEL = small_model()  # of size, country, Kafka and Streaming
TABLE = accounts(COMPANIES)
THEN = json.loads(json.dumps(ageing.profile(MODEL, TABLE)))


def drift(frame: pd.DataFrame) -> dict[str, float]:
    return {it.factor: it.index for it in ageing.changes(THEN, MODEL, accounts(frame))}


def test_a_profile_holds_shares_and_no_account() -> None:
    assert THEN["accounts"] == 2_000 and set(THEN["numbers"]) == {"margin", "firmo_size", "technologies in Streaming", "uses Kafka"}
    assert THEN["numbers"]["uses Kafka"] == {"edges": [0, 1], "shares": pytest.approx([0.85, 0.15, 0, 0], abs=0.02)}
    assert THEN["values"]["country"] == pytest.approx({"US": 0.4, "DE": 0.3, "FR": 0.2, "": 0.1, "others": 0}, abs=0.02)
    assert "company" not in json.dumps(THEN)


def test_the_same_accounts_have_not_drifted_and_others_of_the_same_universe_hardly() -> None:
    assert set(drift(COMPANIES).values()) == {0.0}
    halves = [drift(COMPANIES.iloc[part::2]) for part in (0, 1)]
    assert max(max(it.values()) for it in halves) < 0.02 and ageing.reasons(halves[0]) == []


def test_what_has_changed_is_named_and_moves_the_margins() -> None:
    moved = drift(COMPANIES.assign(country="DE", uses_kafka=True))
    assert moved["employees"] == 0.0 and min(moved[it] for it in ("uses Kafka", "technologies in Streaming", "country")) > 1
    assert moved["margin"] > ageing.DRIFTED and [*moved.values()] == sorted(moved.values(), reverse=True)
    margins, inputs = ageing.reasons(moved)
    assert margins.startswith("the margins of today's accounts have drifted since (PSI ")
    assert inputs.startswith("its inputs have drifted since: ") and "uses Kafka (PSI " in inputs and "employees" not in inputs


def test_a_number_that_is_not_delivered_any_more_has_drifted() -> None:
    names = TABLE.schema.names
    gone = TABLE.set_column(names.index("firmo_size"), "firmo_size", pa.nulls(len(TABLE), pa.float64()))
    changes = {it.factor: it for it in ageing.changes(THEN, MODEL, gone)}
    (reason,) = [it for it in ageing.reasons({name: it.index for name, it in changes.items()}) if it.startswith("its inputs")]
    assert "employees (PSI " in reason
    assert (changes["employees"].known_then, changes["employees"].known_now) == (pytest.approx(1.0, abs=0.2), 0.0)


def test_a_text_that_is_not_delivered_any_more_is_known_of_fewer_accounts() -> None:
    some = COMPANIES.assign(country=np.where(np.arange(len(COMPANIES)) % 2, COMPANIES["country"], None))
    known = {it.factor: (it.known_then, it.known_now) for it in ageing.changes(THEN, MODEL, accounts(some))}
    assert known["country"] == pytest.approx((0.9, 0.45), abs=0.03) and known["uses Kafka"] == (1.0, 1.0)


def test_a_value_that_was_not_there_counts_among_the_others() -> None:
    settled = drift(COMPANIES.assign(country=np.where(COMPANIES["country"] == "US", "CA", COMPANIES["country"])))
    assert settled["country"] > 2 and settled["uses Kafka"] == 0.0
