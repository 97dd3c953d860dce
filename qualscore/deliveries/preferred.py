"""Which of several headers for the same column holds its value: the primary one, the converted amount; and in which currency."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qualscore.columns.numbers import currencies
from qualscore.contracts import Contract
from qualscore.deliveries.headers import normalised
from qualscore.ingest.cleaners import MONEY

PRIMARY, CONVERTED = "primary", ("converted", "incompanycurrency")
# What CRMs and spreadsheets call the column of a row's currency, as `normalised` has it.
CURRENCY = (
    *("currencyisocode", "currency", "currencycode", "currencyiso", "isocurrency", "dealcurrency", "dealcurrencycode", "ccy"),
    *("opportunitycurrency", "accountcurrency", "companycurrency", "transactioncurrency", "transactioncurrencyid", "localcurrency"),
    "dealcurrencyofvalue",
    *("transactioncurrencycode", "currencysymbol", "billingcurrency", "revenuecurrency", "annualrevenuecurrency", "devise", "codedevise"),
    *("monnaie", "w\u00e4hrung", "waehrung", "w\u00e4hrungscode", "moneda", "c\u00f3digomoneda", "moeda", "valuta", "valutacode", "waluta"),
    *("m\u011bna", "mena", "p\u00e9nznem", "parabirimi", "\u0432\u0430\u043b\u044e\u0442\u0430", "\u901a\u8ca8"),
    "\u5e01\u79cd", "\u8d27\u5e01",
    *("\u03bd\u03cc\u03bc\u03b9\u03c3\u03bc\u03b1", "\u901a\u8ca8\u30b3\u30fc\u30c9", "\u5e63\u5225", "\u8ca8\u5e63", "\ud1b5\ud654"),
    "\u0627\u0644\u0639\u0645\u0644\u0629",
)  # fmt: skip


@dataclass(frozen=True)
class Preferred:
    """What is chosen among several headers.

    Attributes:
        mapping: contract column to the header that is taken.
        others: contract column to the header that holds its value where that one is empty.
        currencies: contract column of an amount to the header of its currency.
        codes: contract column of an amount to the currency that its header names.
    """

    mapping: dict[str, str]
    others: dict[str, str] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


def preferred(mapping: Mapping[str, str], accepted: Mapping[str, Sequence[str]], contract: Contract, names: Sequence[str]) -> Preferred:
    """The mapping with primary and converted columns in place of plain ones.

    Args:
        mapping: as headers match.
        accepted: contract column to the headers that it accepts.
        contract: of the clean table.
        names: the delivered headers.
    """
    there = {normalised(name): name for name in reversed(names)}
    chosen = Preferred(dict(mapping))
    for column, headers in accepted.items():
        known = [normalised(header) for header in headers]
        primary = next((there[f"{it}{PRIMARY}"] for it in known if f"{it}{PRIMARY}" in there), None)
        if primary and column in mapping and mapping[column] != primary:
            chosen.others[column] = mapping[column]
        if primary:
            chosen.mapping[column] = primary
        if (contract.columns[column].clean or contract.columns[column].type) in MONEY:
            _of_money(column, known, there, chosen)
    return chosen


def code_in(header: str) -> tuple[str, str | None]:
    """A header without the currency that it names, as `normalised` has it, and that currency.

    >>> code_in("Amount (EUR)"), code_in("Annual Revenue in GBP"), code_in("revenue_usd"), code_in("All amounts")
    (('amount', 'EUR'), ('annualrevenue', 'GBP'), ('revenue', 'USD'), ('allamounts', None))
    """
    words = [word for word in re.split(r"[\s()\[\],;:/_-]+", header) if word]
    for place, word in enumerate(words):
        code = currencies().get(word.upper())
        if code and len(words) > 1 and (word.isupper() or not word.isalpha() or word.lower() in ("usd", "eur", "gbp")):
            return normalised(" ".join(it for it in words[:place] + words[place + 1 :] if it.lower() != "in")), code
    return normalised(header), None


def _of_money(column: str, known: Sequence[str], there: Mapping[str, str], chosen: Preferred) -> None:
    converted = next((there[f"{it}{end}"] for end in CONVERTED for it in known if f"{it}{end}" in there), None)
    coded = {name: code_in(name) for name in there.values()}
    of_code = {code: name for name, (bare, code) in reversed(coded.items()) if code and bare in known}
    plain = chosen.mapping.get(column)
    header = converted or of_code.get("USD") or plain or next(iter(of_code.values()), None)
    if header is None:
        return
    chosen.mapping[column] = header
    code = coded[header][1]
    if code:
        chosen.codes[column] = code
        return
    own = [f"{normalised(header)}{end}" for end in ("currency", "currencycode", "currencyisocode")] + [f"currency{normalised(header)}"]
    names = [it for it in (*own, *([] if converted else CURRENCY)) if it in there and there[it] not in chosen.mapping.values()]
    if names:
        chosen.currencies[column] = there[names[0]]
