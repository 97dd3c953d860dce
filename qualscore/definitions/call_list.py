"""Call lists: whom to call, as sales asks for them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

from pydantic import Field, PositiveInt, field_validator, model_validator

from qualscore.columns.spelling import folded
from qualscore.config import Strict, nearest
from qualscore.definitions.conditions import parse
from qualscore.definitions.definition_files import Defined, defined, in_order, read_as
from qualscore.definitions.scorecard import ConditionText

CONDITIONS = ("when", "crm_accounts")
MOST_ACCOUNTS, MOST_SHARED = 10_000, 100_000  # that one owner, and that all who share, are to call
Band = Literal["highly_likely", "likely", "unlikely"]


class CoolDown(Strict):
    """How long an account is left alone after somebody has worked it."""

    days: int = Field(30, ge=0)
    activities: tuple[str, ...] = ()

    def counts(self, activity: str) -> bool:
        """Whether activities of a kind count."""
        return not self.activities or folded(activity) in map(folded, self.activities)


class Caps(Strict):
    """At most so many accounts of one."""

    parent: PositiveInt | None = None
    industry: PositiveInt | None = None
    owner: PositiveInt | None = None


class Quota(Strict):
    """How many accounts of each band, or of each product; what is not named shares the rest."""

    band: Mapping[Band, int] = {}
    product: Mapping[str, int] = {}

    @model_validator(mode="after")
    def _are_of_one_kind(self) -> "Quota":
        if self.band and self.product:
            raise ValueError("give band or product, not both")
        if any(number < 0 for number in self.of.values()):
            raise ValueError("numbers of accounts are not below 0")
        return self

    @property
    def of(self) -> Mapping[str, int]:
        """The number of accounts by band or product."""
        return dict((*self.band.items(), *self.product.items()))


class CallList(Defined):
    """Whom to call: the best of the accounts that meet all conditions, without those whom nobody should call.

    Attributes:
        scores: of which the account's best one counts.
        when: a condition over scores, features and lists.
        crm_accounts: a condition over the CRM's accounts of that domain, of which one has to meet it.
        accounts: how many, for each owner or in all.
        per: whether each owner gets so many, or they are so many in all.
        owners: who share the accounts; without it each owner in the CRM gets those of his own.
        rank_by: what puts one account before another.
        cool_down: after somebody has worked the account.
        caps: of one parent and of one industry on each owner's list, of one owner where they are so many in all.
        quota: of bands or products on each owner's list.
        control_share: of the accounts, held out to see what calling does.
    """

    scores: Literal["all"] | tuple[str, ...] = "all"
    when: ConditionText | None = None
    crm_accounts: ConditionText | None = None
    accounts: int = Field(50, ge=1, le=MOST_ACCOUNTS)
    per: Literal["all", "owner"] = "all"
    owners: tuple[str, ...] = ()
    rank_by: Literal["score", "expected_value"] = "score"
    cool_down: CoolDown = CoolDown()
    caps: Caps = Caps()
    quota: Quota = Quota()
    control_share: float = Field(0.1, ge=0, le=0.5)

    @field_validator("scores", mode="before")
    @classmethod
    def _at_least_one(cls, scores: Any) -> Any:
        if scores != "all" and (not isinstance(scores, list | tuple) or not scores):
            raise ValueError("write all, or a list with the name of at least one score")
        return scores

    @model_validator(mode="after")
    def _fit_together(self) -> "CallList":
        said = []
        if self.owners and self.per == "all":
            said.append("owners share accounts with per: owner only")
        if len({*map(folded, self.owners)}) < len(self.owners):
            said.append("owners names somebody twice")
        if self.caps.owner and self.per == "owner":
            said.append("caps.owner is for per: all; with per: owner `accounts` is what each gets")
        if (asked := sum(self.quota.of.values())) > self.accounts:
            said.append(f"quota asks for {asked:,} accounts, more than accounts ({self.accounts:,})")
        if self.accounts * len(self.owners) > MOST_SHARED:
            said.append(f"{self.accounts:,} accounts for {len(self.owners):,} owners are more than {MOST_SHARED:,}")
        if said:
            raise ValueError("; ".join(said))
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that `when` names."""
        return parse(self.when).names if self.when else ()

    def room(self, bucket: str | None) -> int:
        """How many accounts of a bucket (a band or product of the quota, else None) an owner's list has room for."""
        return self.quota.of[bucket] if bucket else self.accounts - sum(self.quota.of.values())


def load(paths: Sequence[str], *, columns: Mapping[str, Mapping[str, str]], scores: Sequence[str]) -> list[CallList]:
    """The call lists in files and folders, sorted by name.

    Args:
        paths: files and folders.
        columns: for `when` and for `crm_accounts` those that conditions may name, with Spark's names of their types.
        scores: names of those that are defined.

    Raises:
        ConfigurationError: with the findings of all lists at once.
    """
    return in_order(*defined(read_as(CallList), paths, word="call list", misfits=partial(_misfits, columns=columns, scores=scores)))


def _misfits(wanted: CallList, columns: Mapping[str, Mapping[str, str]], scores: Sequence[str]) -> list[str]:
    asked = {kind: getattr(wanted, kind) for kind in CONDITIONS}
    said = [f"{kind}: {it}" for kind, text in asked.items() if text for it in parse(text).mistakes(columns[kind])]
    chosen = scores if wanted.scores == "all" else wanted.scores
    said += [f"scores: there is no score '{it}'; {nearest(it, scores)}" for it in chosen if it not in scores]
    said += [f"quota.product: the list is of no score '{it}'; {nearest(it, chosen)}" for it in wanted.quota.product if it not in chosen]
    return said
