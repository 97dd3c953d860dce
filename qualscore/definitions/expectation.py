"""What is expected of a model: how it has to score accounts that it never learns from."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from qualscore.config import Strict

CONDITIONS = ("at_least", "at_most", "band")


class Expectation(Strict):
    """Accounts that are kept from training, and the scores that they have to get: those of a list, or a single one.

    Without a condition the accounts are controls: their scores are shown, and nothing is asked.
    """

    account_list: str | None = None
    domain: str | None = None
    at_least: float | None = Field(None, ge=0, le=100)
    at_most: float | None = Field(None, ge=0, le=100)
    band: Literal["highly_likely", "likely", "unlikely"] | None = None
    share: float | None = Field(None, gt=0, le=1)
    must: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> "Expectation":
        if (self.account_list is None) == (self.domain is None):
            raise ValueError("give exactly one of account_list, domain")
        given = [name for name in CONDITIONS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"give one of {', '.join(CONDITIONS)}; found {' and '.join(given)}")
        if self.domain is not None and self.share is not None:
            raise ValueError("share is of a list; a single account meets a condition or does not")
        if not given and (self.share is not None or self.must):
            raise ValueError(f"share and must need a condition: one of {', '.join(CONDITIONS)}")
        return self

    @property
    def least_share(self) -> float:
        """The share of the accounts, 0 to 1, that have to meet the condition."""
        return 1.0 if self.share is None else self.share

    @property
    def is_control(self) -> bool:
        """Whether nothing is asked of the scores."""
        return all(getattr(self, name) is None for name in CONDITIONS)

    @property
    def accounts(self) -> str:
        """The accounts in words."""
        return f"list {self.account_list}" if self.account_list is not None else str(self.domain)

    @property
    def asked(self) -> str:
        """The condition in words."""
        words = {"at_least": f"at least {self.at_least:g}" if self.at_least is not None else "", "band": self._band_in_words()}
        words["at_most"] = f"at most {self.at_most:g}" if self.at_most is not None else ""
        condition = next((words[name] for name in CONDITIONS if getattr(self, name) is not None), "shown only")
        return f"{condition} for {self.least_share:.0%}" if self.account_list is not None and not self.is_control else condition

    @property
    def text(self) -> str:
        """The expectation in one line."""
        return f"{self.accounts}: {self.asked}"

    def _band_in_words(self) -> str:
        return f"band {self.band.replace('_', ' ').title()}" if self.band else ""


def withheld(expectations: Sequence[Expectation]) -> list[str]:
    """Which accounts the expectations keep from training, in words: what they ask of them changes no model."""
    return sorted({it.accounts for it in expectations})
