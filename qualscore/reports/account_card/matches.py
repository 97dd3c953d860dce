"""The accounts that a name may mean."""

from collections.abc import Iterator, Mapping
from typing import Any

from qualscore.reports.house.content import Block, Page, Section, Table, Text
from qualscore.reports.house.terminal import readable


def page_of_matches(listed: Mapping[str, Any]) -> Page:
    """A page of the accounts found by a name, or of none.

    Args:
        listed: asked, matches (each with scores by name), more (whether there are others), why (of an address that is none).
    """
    asked = readable(listed["asked"], most=60)
    title = f"Accounts named like '{asked}'" if listed["matches"] else f"No account has the domain or the name '{asked}'"
    return Page(title, "name one by its domain for all about it", (Section("matches", "Matches", tuple(_blocks(listed))),))


def _blocks(listed: Mapping[str, Any]) -> Iterator[Block]:
    if listed["why"]:
        yield Text(f"{listed['why']['why']}: {listed['why']['mend']}.")
    if not listed["matches"]:
        yield Text("Write a domain (acme.com) or a part of the name. What no source delivers is no account.")
        return
    yield Table(("domain", "name", "country", "industry", "scores"), tuple(_match(it) for it in listed["matches"]))
    if listed["more"]:
        yield Text("There are more: write more of the name.", "note")


def _match(it: Mapping[str, Any]) -> tuple[str, ...]:
    scores = ", ".join(f"{name} {score:.2f}" for name, score in sorted(it["scores"].items()))
    named = (it["company_name"], it["country"], it["industry"])
    return it["domain"], *(readable(text or "–", most=60) for text in named), scores or "no score"
