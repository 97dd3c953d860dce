"""The seller's own domains, written as people write them."""

from qualscore.columns.domains import address_of
from qualscore.columns.hosts import registrable
from qualscore.config import Settings
from qualscore.deliveries import domain_rules
from qualscore.errors import ConfigurationError

MEANING = {"INVALID_DOMAIN": "no domain", "SHARED_HOST": "a host that many accounts share"}


def own_domains(settings: Settings) -> tuple[str, ...]:
    """Gives the registrable domain of each address that the settings name as the seller's own.

    Raises:
        ConfigurationError: with all that are none.
    """
    rules = domain_rules(settings.extra_suffixes)
    judged = [(text, *registrable(address_of(text), rules=rules, accept_free_mail=True)) for text in settings.own_domains]
    wrong = [f"own_domains: '{text}' is {MEANING.get(problem, problem)}; write it as acme.com" for text, _, problem in judged if problem]
    if wrong:
        raise ConfigurationError("\n".join(wrong))
    return tuple(dict.fromkeys(str(domain) for _, domain, _ in judged))
