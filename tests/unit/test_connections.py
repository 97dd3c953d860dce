"""Connection modes, from what is configured."""

import pytest

from qualscore.config import Source
from qualscore.definitions import connections
from qualscore.errors import ConfigurationError


def sources(*tables: str) -> list[Source]:
    return [Source.model_validate({"table": it, "path": "a.csv"} | ({"list": "won"} if it == "account_lists" else {})) for it in tables]


@pytest.mark.parametrize(
    ("tables", "mode"),
    [
        (["crm_accounts", "activities"], "connected (CRM and marketing automation)"),
        (["crm_opportunities"], "CRM hybrid (CRM without marketing automation)"),
        (["activities", "account_lists"], "MAS hybrid (marketing automation without CRM)"),
        (["account_lists"], "disconnected (neither CRM nor marketing automation)"),
    ],
)
def test_the_mode_is_said(tables: list[str], mode: str) -> None:
    assert connections.check(sources(*tables), is_scored=True) == f"connection mode: {mode}"


@pytest.mark.parametrize(("tables", "mode"), [(["activities"], "MAS hybrid"), (["firmographics"], "disconnected")])
def test_without_a_crm_a_list_of_customers_is_needed(tables: list[str], mode: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^connection mode: {mode} .*a CSV list of customer accounts is needed") as refused:
        connections.check(sources(*tables), is_scored=True)
    assert refused.value.exit_code == 2


def test_companies_that_nobody_scores_need_no_customers() -> None:
    assert "disconnected" in connections.check(sources("firmographics"), is_scored=False)
