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
    # What states call themselves, and names of the years before.
    "PA": "Rep\u00fablica de Panam\u00e1 | Republic of Panama",
    "SN": "R\u00e9publique du S\u00e9n\u00e9gal",
    "DO": "Rep. Dominicana | Dominican Rep.",
    "TW": "Republic of China | Taiwan, China",
    "HK": "Hong Kong, China",
    "CN": "\u4e2d\u534e\u4eba\u6c11\u5171\u548c\u56fd",
    "RU": "\u0420\u043e\u0441\u0441\u0438\u0439\u0441\u043a\u0430\u044f \u0424\u0435\u0434\u0435\u0440\u0430\u0446\u0438\u044f",
    "LY": "Libyan Arab Jamahiriya",
    "TC": "Turks & Caicos | Turks and Caicos Islands",
    "TT": "Trinidad & Tobago | Trinidad y Tobago",
    # Several offices: one country, or several.
    "IT": "Turin, Piedmont, Italy; Remote | Bari, Italy; Pisa, Italy; Partly Remote",
    # A city alone, a code that is a state's as well, two countries: nobody knows.
    None: "London | Remote | Atlantis | XX | San Francisco, CA | Wilmington, DE | Atlanta, Georgia | Germany / Austria"
    " | Leeds, UK; Lyon, France | State of Georgia | Germany and Austria",
}


@pytest.mark.parametrize(("place", "code"), [(place, code) for code, places in PLACES.items() for place in places.split(" | ")])
def test_the_country_of_a_place(place: str, code: str | None) -> None:
    assert code_of(place) == code
