"""Hosts that many share: whose a name below one is, a path on one, and a link through one."""

import pytest

from qualscore import deliveries
from qualscore.columns import hosts
from qualscore.config import ROOT
from qualscore.yaml_files import load_mapping

RULES = deliveries.domain_rules()
OWN = {
    "lily.wordpress.com": "lily.wordpress.com",
    "www.lily.weebly.com": "lily.weebly.com",
    "letters.substack.com/p": "letters.substack.com",
    "nook.etsy.com": "nook.etsy.com",
    "tiles.business.site": "tiles.business.site",
    "acme.blogspot.co.uk": "acme.blogspot.co.uk",
    "acme.hatenablog.com": "acme.hatenablog.com",
    "acme.tistory.com": "acme.tistory.com",
    "acme.webnode.cz": "acme.webnode.cz",
    "acme.zendesk.com": "acme.zendesk.com",
    "acme.myshopify.com": "acme.myshopify.com",
    # the builder itself, its help and its languages
    "wix.com": "wix.com",
    "support.zendesk.com/hc": "zendesk.com",
    "de.wordpress.com": "wordpress.com",
    "amazon.co.uk": "amazon.co.uk",
    "bit.ly": "bit.ly",
    "archive.org": "archive.org",
    "mywordpress.com": "mywordpress.com",
    "shop.acme.com/x": "acme.com",
}
SHARED = (
    *("linkedin.com/company", "de.linkedin.com/in", "facebook.com/acme", "m.facebook.com/acme", "instagram.com/acme", "x.com/acme"),
    "xing.com/pages",
    *("amazon.com/stores", "amazon.co.uk/stores", "amazon.com.br/dp", "ebay.de/str", "etsy.com/shop", "ow.ly/x"),
    "crunchbase.com/organization",
    *("sites.google.com/view", "google.com/maps", "google.co.in/maps", "g.page/acme", "linktr.ee/acme", "lnkd.in/x", "t.co/x", "bit.ly/x"),
    *("tinyurl.com/x", "fb.me/x", "web.archive.org/web", "google.com/url", "blog.naver.com/acme", "github.io", "mp.weixin.qq.com/s"),
)  # fmt: skip
LEADING = {
    "web.archive.org/web\nhttp://www.acme.com/": "acme.com",
    "google.com/url\nhttps://acme.com&sa=d": "acme.com",
    "google.de/url\nhttps%3a%2f%2facme.co.uk%2fx": "acme.co.uk",
    "l.facebook.com/l.php\nhttps%253a%252f%252fwww.acme.de": "acme.de",
    "nam02.safelinks.protection.outlook.com\nhttps%3a%2f%2facme.com": "acme.com",
    "google.com/url\nhttps://linkedin.com/company/acme": None,
    "web.archive.org/web\nhttps://gmail.com": None,
    "acme.com/go\nhttps://other.com": "acme.com",
}


@pytest.mark.parametrize("address", OWN)
def test_a_name_below_a_builder_is_an_account_and_the_builder_is_one(address: str) -> None:
    assert registrable(address) == (OWN[address], None)


@pytest.mark.parametrize("address", SHARED)
def test_a_path_on_a_shared_host_is_nobodys(address: str) -> None:
    assert registrable(address) == (None, "SHARED_HOST")


@pytest.mark.parametrize("address", LEADING)
def test_a_link_through_another_host_leads_to_its_target_or_to_none(address: str) -> None:
    domain = LEADING[address]
    assert registrable(address) == (domain, None if domain else "SHARED_HOST")


def registrable(address: str) -> tuple[str | None, str | None]:
    return hosts.registrable(address, rules=RULES, accept_free_mail=False)


def test_the_lists_hold_hosts_each_in_its_own_form() -> None:
    lists = load_mapping(ROOT / "conf" / "shared_hosts.yml")
    assert lists.keys() == {"platforms", "redirects", "builders"}
    named = hosts.shared_hosts([it for of_list in lists.values() for it in of_list])
    assert not [host for host in named if not hosts.HOST.fullmatch(host.partition("/")[0])]
