"""What each table of the schema `bi` selects from published tables, in SQL that Spark, DuckDB and DataFusion take.

A table is written `{LAYER/TABLE}`; whoever runs the SQL puts there how its database reads it.
"""

from collections.abc import Mapping
from string import Formatter

from qualscore import contracts
from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.scores.fit_intent import UNSCORED

BAND_NAMES = BAND_WORDS | {UNSCORED: "Unscored"}
DIM_ACCOUNT, DIM_DATE, DIM_SCORE = "bi/dim_account", "bi/dim_date", "bi/dim_score"
FACT_SCORE, FACT_FACTOR, FACT_HISTORY = "bi/fact_score", "bi/fact_factor", "bi/fact_history"
FACT_MARKET, FACT_PERFORMANCE = "bi/fact_market", "bi/fact_performance"


def band_name(column: str) -> str:
    """SQL of a band as people read it; null of null.

    >>> band_name("band")[:54]
    "CASE band WHEN 'highly_likely' THEN 'Highly Likely' WH"
    """
    cases = " ".join(f"WHEN '{it}' THEN '{words}'" for it, words in BAND_NAMES.items())
    return f"CASE {column} {cases} END"


def sources(select: str) -> set[str]:
    """The tables that a select reads.

    >>> sorted(sources("SELECT * FROM {scores/market} JOIN {bi/dim_date} USING (date_key)"))
    ['bi/dim_date', 'scores/market']
    """
    return {field for _, field, _, _ in Formatter().parse(select) if field}


def _table(name: str) -> str:
    return f"SELECT {', '.join(contracts.load(name).columns)} FROM {{{name}}}"


_DIM_ACCOUNT = """
SELECT a.domain AS account_key, a.company_name, a.country, a.state, a.city, a.sector, a.industry AS industry_detail, a.employees,
  a.employees_range, a.revenue_usd, a.revenue_range, a.market_cap_band, a.is_listed, a.founded_year, a.has_data, c.owner,
  coalesce(c.crm_account_count, 0) AS crm_account_count, a.as_of_on AS date_key
FROM {features/account_features} AS a
LEFT JOIN (
  SELECT domain, min(owner) AS owner, count(*) AS crm_account_count
  FROM {scores/crm_account_scores} WHERE domain IS NOT NULL GROUP BY domain
) AS c ON c.domain = a.domain"""

_FACT_SCORE = f"""
SELECT score_name, domain AS account_key, as_of_on AS date_key, company_name, band, {band_name("band")} AS band_name, score, score_final,
  final_cause, action, is_example, intent_level, advice, score_trend, points_moved, industry, country, size, crm_state
FROM {{scores/fit_intent}}"""

_FACT_HISTORY = f"""
SELECT score_name, domain AS account_key, as_of_on AS date_key, change, cause, score_before, score, score - score_before AS points_moved,
  band_before, {band_name("band_before")} AS band_before_name, band, {band_name("band")} AS band_name,
  coalesce(band <> band_before, true) AS is_other_band, model_version_before, model_version, run_id, scored_at
FROM {{scores/score_history}}"""

# By table; in the order in which people look for them.
SELECTS: Mapping[str, str] = {
    DIM_ACCOUNT: _DIM_ACCOUNT.strip(),
    DIM_DATE: _table(DIM_DATE),
    DIM_SCORE: _table(DIM_SCORE),
    FACT_SCORE: _FACT_SCORE.strip(),
    FACT_FACTOR: _table(FACT_FACTOR),
    FACT_HISTORY: _FACT_HISTORY.strip(),
    FACT_MARKET: _table(FACT_MARKET),
    FACT_PERFORMANCE: _table(FACT_PERFORMANCE),
}


def _side(name: str) -> str:
    """SQL of Spark: the factors of one side with their places."""
    fields = "'factor', f.factor, 'value', f.value, 'contribution', cast(f.contribution AS double)"
    return f"transform(s.factors_{name}, (f, i) -> named_struct('side', '{name}', 'place', i + 1, {fields}))"


# Of all accounts, in one pass over them: SQL of Spark, which alone takes the arrays apart in the same way everywhere.
ALL_FACTORS = f"""
SELECT s.score_name, s.domain AS account_key, s.as_of_on AS date_key, s.band, {band_name("s.band")} AS band_name, t.rank,
  listed.side, listed.place, listed.factor, listed.value, listed.contribution
FROM {{scores/account_scores}} AS s
LEFT JOIN {{scores/top_accounts}} AS t ON t.score_name = s.score_name AND t.domain = s.domain
LATERAL VIEW inline(concat({_side("for")}, {_side("against")})) listed AS side, place, factor, value, contribution""".strip()
