"""The columns that conditions of segments and call lists may name, with their types, and what they are of accounts beside their scores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.conditions.kinds import resolved
from qualscore.joins import to_be_joined
from qualscore.model.scorecard import columns

# Of each score, as SCORE.NAME: from scores/fit_intent, and from scores/account_scores where a condition asks for them. The score is the
# final one: segments are acted on.
OF_FIT = ("score", "model_score", "final_cause", "band", "action", "is_example", "intent_level", "advice", "score_trend")
OF_SCORES = ("percentile", "lift")
FACTORS = ("factors_for", "factors_against")
OF_SCORE = (*OF_FIT, *OF_SCORES, *FACTORS)
LISTS = "account_lists"
BASE = ("domain", "company_name", "crm_state")


def types(score_names: Iterable[str], keyword_sets: Iterable[str]) -> dict[str, dict[str, str]]:
    """For `when` and `crm_accounts` the columns and Spark's names of their types."""
    fit, scores = (contracts.load(f"scores/{table}").columns for table in ("fit_intent", "account_scores"))
    of_score = {name: fit[name.removeprefix("model_")].type for name in OF_FIT} | {name: scores[name].type for name in OF_SCORES}
    of_score |= dict.fromkeys(FACTORS, "array<string>")
    known = columns.types(keyword_sets)
    named = {f"{score}.{name}": kind for score in score_names for name, kind in of_score.items()}
    return known | {"when": known["when"] | {"crm_state": fit["crm_state"].type, LISTS: "array<string>"} | named}


@dataclass(frozen=True)
class Beside:
    """What the conditions of segments and call lists are asked of.

    Attributes:
        fit_intent: scores/fit_intent.
        scores: scores/account_scores; read where a column is named that fit_intent has not.
        features: features/account_features; read where a column of it is named.
        account_lists: clean/account_lists.
        scored: names of the scores that fit_intent holds, at least one.
        score_names: of those that conditions may name, scored or not.
        keyword_sets: names of those that are configured.
    """

    fit_intent: DataFrame
    scores: DataFrame
    features: DataFrame
    account_lists: DataFrame
    scored: Sequence[str]
    score_names: Sequence[str]
    keyword_sets: Sequence[str]

    def accounts(self, names: Iterable[str], *more: Column) -> tuple[DataFrame, Mapping[str, Column]]:
        """One row per account with BASE and more of fit_intent, and by name the columns that conditions name, as written."""
        known = types(self.score_names, self.keyword_sets)["when"]
        wanted = list(dict.fromkeys(column for name in names if (column := resolved(name, [*known]))))
        accounts = self.fit_intent.where(F.col("score_name") == self.scored[0]).select(*BASE, *more)
        # No join adds a row: one row per domain on either side.
        of_features = [name for name in wanted if name not in (*BASE, LISTS) and not self._is_of_score(name)]
        if of_features:
            read = [name for name in columns.reads(of_features) if name not in BASE]
            accounts = accounts.join(self.features.select("domain", *read), "domain", "left")
        for score in dict.fromkeys(name.partition(".")[0] for name in wanted if self._is_of_score(name)):
            accounts = accounts.join(self._of_score(score, wanted), "domain", "left")
        if LISTS in wanted:
            lists = self.account_lists.where("domain is not null").groupBy("domain").agg(F.collect_set("list_name").alias(LISTS))
            accounts = accounts.join(to_be_joined(lists), "domain", "left")
        return accounts, self._columns(wanted)

    def _is_of_score(self, name: str) -> bool:
        score, _, column = name.partition(".")
        return score in self.score_names and column in OF_SCORE

    def _of_score(self, score: str, wanted: Sequence[str]) -> DataFrame:
        """domain, and as a struct of the score's name what is wanted of the score."""
        asked = [column for column in OF_SCORE if f"{score}.{column}" in wanted]
        final = F.coalesce("score_final", "score")  # of a table that was written before there were overrides the model's
        named_otherwise = {"score": final, "model_score": F.col("score")}
        of_fit = [named_otherwise.get(it, F.col(it)).alias(it) for it in asked if it in OF_FIT]
        rows = self.fit_intent.where(F.col("score_name") == score).select("domain", *of_fit)
        others = [it for it in asked if it not in OF_FIT]
        if others:
            named = [F.transform(it, lambda factor: factor["factor"]).alias(it) if it in FACTORS else F.col(it) for it in others]
            more = self.scores.where(F.col("score_name") == score).select("domain", *named)
            rows = rows.join(more, "domain", "left")
        return rows.select("domain", F.struct(*asked).alias(_struct(score)))

    def _columns(self, wanted: Sequence[str]) -> dict[str, Column]:
        """The columns of an account by their names."""
        of_features = columns.account_columns(self.keyword_sets) | {name: F.col(name) for name in BASE}
        known = of_features | {LISTS: F.coalesce(LISTS, F.array().cast("array<string>"))}
        for name in wanted:
            score, _, column = name.partition(".")
            if self._is_of_score(name):
                known[name] = F.col(_struct(score))[column]
        return {name: known[name] for name in wanted}


def _struct(score: str) -> str:
    return f"_of_{score}"
