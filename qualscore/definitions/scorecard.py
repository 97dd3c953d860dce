"""Rule-based scores: criteria with points, how they age, and what is done where nothing is known."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from qualscore.config import Strict
from qualscore.definitions.conditions import parse
from qualscore.definitions.selection import Activities, Opportunities, Selection

Kind = Literal["when", "crm_accounts", "opportunities", "activities", "account_list"]
CONDITIONS: tuple[Kind, ...] = ("when", "crm_accounts")
RECORDS: tuple[Kind, ...] = ("opportunities", "activities", "account_list")
KINDS = (*CONDITIONS, *RECORDS)
CRM_DATE = "created_on"
"""The column of clean/crm_accounts that an account of the CRM ages by, unless the criterion names another."""


def _well_formed(text: str) -> str:
    """The text of a condition; a Mistake, which is a ValueError, where it is none."""
    return parse(text).text


ConditionText = Annotated[str, AfterValidator(_well_formed)]


class Criterion(Strict):
    """One thing that speaks for an account, or against it: exactly one of KINDS, and its points.

    Attributes:
        name: as people read it; default: the criterion as it is written.
        when: a condition over the account's features (firmographics, stack, intent).
        crm_accounts: a condition over the CRM's accounts of that domain, of which one has to meet it.
        opportunities: a selector of deals, as in `examples`.
        activities: a selector of engagement, as in `examples`.
        account_list: a list that has to name the account.
        points: for an account that meets it; below 0 it speaks against one, and 0 is what `refine` gives to one that customers contradict.
        group: whose points `caps` limits together.
        half_life_days: age at which half of the points are left. Records age by the last one that meets the criterion, an undated one not.
        dated_by: the column that a condition ages by: a date, or intent's weeks since the last signal.
        ignore_when_unknown: whether an account of which it is unknown is judged by the other criteria alone; else it has not met it.
    """

    name: str | None = Field(None, min_length=1)
    when: ConditionText | None = None
    crm_accounts: ConditionText | None = None
    opportunities: Opportunities | None = None
    activities: Activities | None = None
    account_list: str | None = None
    points: float = Field(ge=-1000, le=1000)
    group: str | None = None
    half_life_days: int | None = Field(None, ge=1)
    dated_by: str | None = None
    ignore_when_unknown: bool = False

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Criterion":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            written = f"; found {' and '.join(given)}" if given else ""
            raise ValueError(f"give exactly one of {', '.join(KINDS)}{written}")
        return self

    @model_validator(mode="after")
    def _ages_by_something(self) -> "Criterion":
        if self.dated_by and (self.kind in RECORDS or not self.half_life_days):
            raise ValueError("dated_by goes with half_life_days, of 'when' and 'crm_accounts' alone: other records have their own date")
        if self.kind == "when" and self.half_life_days and not self.dated_by:
            raise ValueError("half_life_days of 'when' needs dated_by: the column of its date, or SET.weeks_since_last of intent")
        if self.ignore_when_unknown and self.kind in RECORDS:
            raise ValueError(f"ignore_when_unknown: without a record '{self.kind}' is not met, never unknown")
        return self

    @property
    def kind(self) -> Kind:
        """Which of KINDS it is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def selection(self) -> Selection | None:
        """The selector of a criterion that asks for records."""
        return Selection.model_validate({self.kind: getattr(self, self.kind)}) if self.kind in RECORDS else None

    @property
    def text(self) -> str:
        """What people read: the name, else the criterion itself in one line."""
        if self.name:
            return self.name
        selection = self.selection
        if selection:
            return selection.text
        return f"CRM account: {self.crm_accounts}" if self.crm_accounts else str(self.when)


class Scorecard(Strict):
    """The criteria of a rule-based score, and how their points become a score from 0 to 100.

    Attributes:
        criteria: at least one of them for an account.
        caps: most points, on either side, that the criteria of a group give together.
        full_marks: points that make 100; default: all that an account can get.
        least_known: share of these points, at least, that an account is judged by where criteria are ignored: who is known by one
            criterion alone has not the best of scores.
    """

    criteria: tuple[Criterion, ...] = Field(min_length=1)
    caps: dict[str, Annotated[float, Field(gt=0)]] = {}
    full_marks: float | None = Field(None, gt=0)
    least_known: float = Field(0.5, gt=0, le=1)

    @model_validator(mode="after")
    def _adds_up(self) -> "Scorecard":
        findings = [f"two criteria are called '{name}': give each a name" for name, count in self._counted().items() if count > 1]
        findings += [f"caps.{group}: no criterion is of this group" for group in self.caps if group not in self.groups]
        if not any(it.points > 0 for it in self.criteria):
            findings.append("no criterion has points above 0: every score would be 0")
        if findings:
            raise ValueError("; ".join(findings))
        return self

    def _counted(self) -> Mapping[str, int]:
        return Counter(it.text for it in self.criteria)

    @property
    def groups(self) -> set[str]:
        """The groups of the criteria."""
        return {it.group for it in self.criteria if it.group}

    @property
    def attainable(self) -> float:
        """The points of an account that meets all criteria above 0."""
        of_group: dict[str | None, float] = {}
        for it in self.criteria:
            of_group[it.group] = of_group.get(it.group, 0.0) + max(it.points, 0.0)
        return sum(min(points, self.caps.get(group, points) if group else points) for group, points in of_group.items())


def findings(scorecard: Scorecard, types: Mapping[str, Mapping[str, str]]) -> list[str]:
    """One line for each column and type that does not fit.

    Args:
        scorecard: of a definition.
        types: for `when` and for `crm_accounts` the columns that conditions may name, with Spark's names of their types.
    """
    lines = []
    for place, criterion in enumerate(scorecard.criteria):
        if criterion.kind in CONDITIONS:
            columns = types[criterion.kind]
            said = parse(getattr(criterion, criterion.kind)).mistakes(columns)
            lines += [f"rules.criteria.{place}.{criterion.kind}: {it}" for it in said]
            lines += [f"rules.criteria.{place}.dated_by: {it}" for it in _of_date(criterion.dated_by, columns)]
    return lines


def _of_date(name: str | None, columns: Mapping[str, str]) -> list[str]:
    """At most one sentence: what is wrong with the column that a criterion ages by."""
    if name is None:
        return []
    known = [it for it, kind in columns.items() if kind == "date" or it.endswith("weeks_since_last")]
    return [] if name in known else [f"'{name}' is no column of dates or weeks; known: {', '.join(known)}"]
