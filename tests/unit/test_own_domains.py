"""The seller's own domains, and those of expected accounts, as people write them."""

import pytest

from qualscore import config
from qualscore.config import Settings
from qualscore.definitions.definition import Definition
from qualscore.deliveries.own_domains import own_domains, with_domains
from qualscore.errors import ConfigurationError


def settings(*names: str) -> Settings:
    return config.load(None).model_copy(update={"own_domains": names})


def test_an_address_of_any_form_is_its_domain() -> None:
    written = ("www.Acme.com", "https://acme.com/", "Joe <joe@mail.ACME.co.uk>", " acme.io ", "b\u00fccher.de", "gmail.com")
    assert own_domains(settings(*written)) == ("acme.com", "acme.co.uk", "acme.io", "xn--bcher-kva.de", "gmail.com")


def test_what_is_no_domain_is_said_of_all_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        own_domains(settings("acme", "acme.com", "github.io"))
    assert str(caught.value).splitlines() == [
        "own_domains: 'acme' is no domain; write it as acme.com",
        "own_domains: 'github.io' is a host that many accounts share; write it as acme.com",
    ]


def expecting(*domains: str) -> Definition:
    expect = [{"account_list": "best"}, *({"domain": domain, "band": "likely"} for domain in domains)]
    return Definition.model_validate({"name": "one", "examples": {"account_list": "won"}, "expect": expect})


def test_expected_accounts_are_named_by_any_of_their_addresses() -> None:
    plain, named = with_domains([expecting(), expecting("https://www.Acme.com/about", "bücher.de")], settings())
    assert plain == expecting() and named == expecting("acme.com", "xn--bcher-kva.de")
    with pytest.raises(ConfigurationError, match=r"^one: expect: 'acme' is no domain; write it as acme.com$"):
        with_domains([expecting("acme", "acme.com")], settings())
