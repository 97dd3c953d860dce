"""Domains in settings and score definitions, written as people write them."""

from collections.abc import Mapping, Sequence

from qualscore.columns.domains import address_of
from qualscore.columns.hosts import registrable
from qualscore.config import Settings
from qualscore.definitions.definition import Definition
from qualscore.definitions.expectation import Expectation
from qualscore.deliveries import domain_rules
from qualscore.errors import ConfigurationError

MEANING = {"INVALID_DOMAIN": "no domain", "SHARED_HOST": "a host that many accounts share"}


def own_domains(settings: Settings) -> tuple[str, ...]:
    """Gives the registrable domain of each address that the settings name as the seller's own.

    Raises:
        ConfigurationError: with all that are none.
    """
    named = _registrable({text: "own_domains" for text in settings.own_domains}, settings)
    return tuple(dict.fromkeys(named.values()))


def with_domains(definitions: Sequence[Definition], settings: Settings) -> list[Definition]:
    """Gives the definitions with the registrable domains of the single accounts of which they expect a score.

    Raises:
        ConfigurationError: with all that are none.
    """
    written = {it.domain: f"{definition.name}: expect" for definition in definitions for it in definition.expect if it.domain}
    if not written:
        return list(definitions)
    named = _registrable(written, settings)
    return [one.model_copy(update={"expect": tuple(_named(it, named) for it in one.expect)}) for one in definitions]


def _named(expectation: Expectation, named: Mapping[str, str]) -> Expectation:
    return expectation.model_copy(update={"domain": named[expectation.domain]}) if expectation.domain else expectation


def _registrable(written: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The domain of each address, of addresses and the places that name them."""
    rules = domain_rules(settings.extra_suffixes)
    judged = {text: registrable(address_of(text), rules=rules, accept_free_mail=True) for text in written}
    wrong = [
        f"{written[text]}: '{text}' is {MEANING.get(problem, problem)}; write it as acme.com"
        for text, (_, problem) in judged.items()
        if problem
    ]
    if wrong:
        raise ConfigurationError("\n".join(wrong))
    return {text: str(domain) for text, (domain, _) in judged.items()}
