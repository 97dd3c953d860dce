"""What is connected, by the tables that the sources deliver: it decides where customers can come from."""

from collections.abc import Collection, Sequence

from qualscore.config import Source
from qualscore.errors import ConfigurationError

CRM = frozenset({"crm_accounts", "crm_opportunities"})
CONNECTED, CRM_HYBRID, MAS_HYBRID, DISCONNECTED = "connected", "CRM hybrid", "MAS hybrid", "disconnected"
MEANING = {
    CONNECTED: "CRM and marketing automation",
    CRM_HYBRID: "CRM without marketing automation",
    MAS_HYBRID: "marketing automation without CRM",
    DISCONNECTED: "neither CRM nor marketing automation",
}


def mode(tables: Collection[str]) -> str:
    """The connection mode of the tables that sources deliver.

    >>> [mode(["crm_accounts", "activities"]), mode(["crm_opportunities"]), mode(["activities"]), mode(["firmographics"])]
    ['connected', 'CRM hybrid', 'MAS hybrid', 'disconnected']
    """
    if CRM & set(tables):
        return CONNECTED if "activities" in tables else CRM_HYBRID
    return MAS_HYBRID if "activities" in tables else DISCONNECTED


def check(sources: Sequence[Source], *, is_scored: bool) -> str:
    """What is connected, in words.

    Args:
        sources: of the configuration.
        is_scored: whether scores are configured. A universe of firmographics alone, that nobody scores, needs no customers.

    Raises:
        ConfigurationError: no opportunities can tell who is a customer, and no list does.
    """
    tables = {source.table for source in sources}
    connected = mode(tables)
    needs_list = connected == MAS_HYBRID or (connected == DISCONNECTED and bool(sources) and is_scored)
    if needs_list and "account_lists" not in tables:
        raise ConfigurationError(
            f"connection mode: {connected} ({MEANING[connected]}). Without a CRM there are no opportunities, so a CSV list of customer "
            "accounts is needed: add a source {table: account_lists, list: customers, path: FILE.csv}."
        )
    return f"connection mode: {connected} ({MEANING[connected]})"
