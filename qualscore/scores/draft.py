"""The draft of a call list: which owner calls which account, and why the others are not on the list.

Accounts are drafted one after another, the first first. One that is an owner's in the CRM goes to him. One that is nobody's goes to the
owner whose accounts are worth least so far: of owners with as many accounts each, the lists then differ by no more than the worth of an
account or so, as in a snake draft, and an owner with good accounts of his own gets fewer of the best of the others.

An account of the control share is drafted as all others, and takes nobody's room: whether it is on the list depends on those before it
alone, never on the draw, so that called and held out accounts are alike.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import pandas as pd

from qualscore.columns.spelling import folded
from qualscore.definitions.call_list import CallList

PARENT, OWNER_CAP, INDUSTRY, QUOTA, FULL = "parent_cap", "owner_cap", "industry_cap", "quota", "not_needed"
RULES = (FULL, QUOTA, PARENT, INDUSTRY)  # in the order in which they are asked of the owners who may call an account
CANDIDATE = ("domain", "precedence", "worth", "crm_owner", "parent", "industry", "bucket", "is_control")
PLACE = {"owner": "object", "rank": "Int32", "fell_by": "object"}


def drafted(candidates: pd.DataFrame, wanted: CallList) -> pd.DataFrame:
    """The candidates with owner, rank and fell_by: null where an account is on the list. The order of the rows does not matter.

    Args:
        candidates: CANDIDATE: the key, what puts one before another, what it is worth, its owner and its parent in the CRM, its industry,
            the band or product that a quota is for, and whether it is held out. Of one owner where owners share nothing.
        wanted: the list.

    Returns:
        candidates, the first first, with owner, rank (on the owner's list; null of those held out) and fell_by.
    """
    rows = candidates.sort_values(["precedence", "domain"], ascending=[False, True], ignore_index=True)
    places = pd.DataFrame(_Draft(wanted).places(rows), columns=list(PLACE)).astype(PLACE)
    return pd.concat([rows, places], axis="columns")


Place = tuple[str | None, int | None, str | None]


class _Draft:
    """Owners' lists while they are filled; the list of all is that of None."""

    def __init__(self, wanted: CallList) -> None:
        self.wanted = wanted
        self.sharing = {folded(it): it for it in wanted.owners}
        self.called: Counter[str | None] = Counter()
        self.taken: Counter[tuple[object, ...]] = Counter()
        self.worth: defaultdict[str | None, float] = defaultdict(float)

    def places(self, rows: pd.DataFrame) -> list[Place]:
        """owner, rank and fell_by of each row."""
        plain = rows[list(CANDIDATE)].astype(object).where(rows[list(CANDIDATE)].notna(), None)
        return [self._place(*row[2:]) for row in plain.itertuples(index=False, name=None)]

    def _place(
        self, worth: float, crm_owner: str | None, parent: str | None, industry: str | None, bucket: str | None, is_control: bool
    ) -> Place:
        is_over = self.wanted.caps.owner and crm_owner and self.taken[OWNER_CAP, crm_owner] >= self.wanted.caps.owner
        if is_over:
            return None, None, OWNER_CAP
        callers = self._callers(crm_owner)
        for rule in RULES:
            callers = [it for it in callers if self._has_room(rule, it, parent, industry, bucket)]
            if not callers:
                return None, None, rule
        caller = min(callers, key=lambda it: (self.worth[it], self.called[it]))  # of several the first
        owner = crm_owner if caller is None else caller
        if is_control:
            return owner, None, None
        self.called[caller] += 1
        self.worth[caller] += worth
        self.taken.update([(QUOTA, caller, bucket), (PARENT, caller, parent), (INDUSTRY, caller, industry), (OWNER_CAP, crm_owner)])
        return owner, self.called[caller], None

    def _callers(self, crm_owner: str | None) -> Sequence[str | None]:
        """Who may call an account."""
        if self.wanted.per == "all":
            return [None]
        own = self.sharing.get(folded(crm_owner)) if crm_owner else None
        return [own or crm_owner] if crm_owner else list(self.sharing.values())

    def _has_room(self, rule: str, caller: str | None, parent: str | None, industry: str | None, bucket: str | None) -> bool:
        caps = self.wanted.caps
        if rule == FULL:
            return self.called[caller] < self.wanted.accounts
        if rule == QUOTA:
            return self.taken[QUOTA, caller, bucket] < self.wanted.room(bucket)
        most, value = (caps.parent, parent) if rule == PARENT else (caps.industry, industry)
        return most is None or value is None or self.taken[rule, caller, value] < most
