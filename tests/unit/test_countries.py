"""Countries by the names of their parts, behind a city, and in short."""

import pytest

from qualscore.columns.countries import code_of

PLACES = {
    "US": "USA | U.S. | U.S | EE. UU. | California | TX | Austin, TX | Washington DC | Georgia, USA | US-CA | Remote - US",
    "GB": "UK | England | Scotland | Wales | N. Ireland | London, UK | GB-ENG | Great Britian",
    "DE": "Bavaria | Bayern | Berlin, Germany | Munich, DE | Germany, Berlin | DE - Germany | Nordrhein-Westfalen",
    "FR": "Paris, FR | Paris (France) | Normandie",
    "CA": "Ontario | Québec | Toronto, CA | Toronto, Ontario, Canada",
    "AE": "UAE | U.A.E. | VAE | Dubai",
    "SA": "KSA",
    "KR": "ROK | S. Korea | Korea, Republic of",
    "AU": "Sydney, NSW, Australia | Queensland",
    "NL": "Amsterdam, NL | Netherlands (the)",
    "GE": "Georgia | Tbilisi, Georgia",
    "IN": "Mumbai, IN | Karnataka",
    # A city alone, a code that is a state's as well, two countries: nobody knows.
    None: "London | Remote | Atlantis | XX | San Francisco, CA | Wilmington, DE | Atlanta, Georgia | Germany / Austria",
}


@pytest.mark.parametrize(("place", "code"), [(place, code) for code, places in PLACES.items() for place in places.split(" | ")])
def test_the_country_of_a_place(place: str, code: str | None) -> None:
    assert code_of(place) == code
