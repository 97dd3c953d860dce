"""Where the sample's files lie, and in which form. Pure Python: the configuration is written without Spark."""

from dataclasses import dataclass
from datetime import date

AS_OF = date(2026, 11, 1)
"""The day on which the sample's world is described, unless another is asked for."""
ONE_FILE_UP_TO = 1_000_000
"""Accounts up to which a delivery is one CSV file, as people send them; beyond, a folder."""

_STAMP = AS_OF.isoformat()
_STEMS = {  # grows with the universe: may be a folder, and Parquet
    "firmographics": f"deliveries/firmographics_{_STAMP}",
    "technographics": f"deliveries/technographics_{_STAMP}",
    "intent": f"deliveries/intent_{_STAMP}",
}
_CSV_STEMS = {  # formats that only exist as CSV
    "builtwith": "deliveries/builtwith_Shopfront",
    "bombora": "deliveries/Bombora_ADAT_{week}",
}
_FILES = {  # grow with the seller, not with the world
    "crm_accounts": "deliveries/salesforce/accounts.csv",
    "crm_opportunities": "deliveries/salesforce/opportunities.csv",
    "crm_opportunity_history": "deliveries/salesforce/opportunity_history.csv",
    "activities": "deliveries/marketing/activities.csv",
    "customers_platform": "deliveries/lists/customers_platform.csv",
    "customers_analytics": "deliveries/lists/customers_analytics.csv",
    "partners": "deliveries/lists/partners.csv",
}


@dataclass(frozen=True)
class Place:
    """One delivery: its path below the sample's folder, and how it is written."""

    path: str
    file_format: str = "csv"
    is_one_file: bool = True
    has_header: bool = True


def file_format_for(accounts: int) -> str:
    """CSV up to a million accounts, Parquet above.

    >>> [file_format_for(20_000), file_format_for(55_000_000)]
    ['csv', 'parquet']
    """
    return "csv" if accounts <= ONE_FILE_UP_TO else "parquet"


def places(accounts: int, *, file_format: str | None = None, week: date = AS_OF) -> dict[str, Place]:
    """Every file by name; `week` is in the name of the Bombora-like one.

    >>> places(20_000)["firmographics"].path
    'deliveries/firmographics_2026-11-01.csv.gz'
    >>> places(55_000_000)["firmographics"]
    Place(path='deliveries/firmographics_2026-11-01.parquet', file_format='parquet', is_one_file=False, has_header=True)
    """
    form = file_format or file_format_for(accounts)
    is_one_file = accounts <= ONE_FILE_UP_TO
    ending = ".csv.gz" if is_one_file else ".csv"
    places_by_name = {name: Place(stem + (".parquet" if form == "parquet" else ending), form, is_one_file) for name, stem in _STEMS.items()}
    for name, stem in _CSV_STEMS.items():
        path = stem.format(week=week.strftime("%Y%m%d"))
        places_by_name[name] = Place(path + (".csv" if name == "builtwith" else ending), "csv", is_one_file, name != "bombora")
    places_by_name |= {name: Place(path) for name, path in _FILES.items()}
    return places_by_name | {"truth": Place("truth/accounts.parquet", "parquet", is_one_file)}
