"""The configuration and the score definitions that fit the sample's files."""

from pathlib import Path

from qualscore.sample.intent import newest_week
from qualscore.sample.layout import AS_OF, places
from qualscore.sample.markets import SELLER_DOMAIN
from qualscore.sample.vocabulary import KEYWORD_SETS, keywords_of

CONFIGURATION = "qualscore.yml"
"""The file in the sample's folder."""
_CONFIGURATION = """\
# A synthetic universe of {accounts:,} companies (seed {seed}), made by generate_sample: two products of an imaginary seller.
# Who really is a customer is in truth/accounts.parquet, which no job reads but the one that judges.
sources:
  - {{table: firmographics, path: {firmographics}, mapping: auto, observed_on: {observed_on}}}
  - {{table: technographics, path: {technographics}, mapping: auto, observed_on: {observed_on}}}
  - {{table: technographics, path: {builtwith}, mapping: auto, observed_on: {observed_on}}}
  - {{table: intent_signals, path: {intent}, mapping: auto}}
  - {{table: intent_signals, path: {bombora}, mapping: auto}}
  - {{table: crm_accounts, path: {crm_accounts}, mapping: auto}}
  - {{table: crm_opportunities, path: {crm_opportunities}, mapping: auto}}
  - {{table: crm_opportunity_history, path: {crm_opportunity_history}, mapping: auto}}
  - {{table: activities, path: {activities}, mapping: auto, dates: mdy}}
  - {{table: account_lists, list: customers_platform, path: {customers_platform}, mapping: auto}}
  - {{table: account_lists, list: customers_analytics, path: {customers_analytics}, mapping: auto}}
  - {{table: account_lists, list: partners, path: {partners}, mapping: auto}}
own_domains: [{own_domain}]
keyword_sets: keyword_sets.yml
scores: [scores/]
"""
_SCORE = """\
# Companies that resemble the customers of the {title} product.
name: {name}
type: predictive
examples: {{any: [{{account_list: customers_{name}}}]}}
exclude: {{any: [{{account_list: partners}}]}}
training: {{seed: {seed}}}
"""


def write_configuration(folder: Path, *, accounts: int, seed: int, file_format: str | None = None) -> Path:
    """Write `qualscore.yml`, `keyword_sets.yml` and `scores/*.yml` into the sample's folder; the same arguments, the same bytes."""
    paths = {name: place.path for name, place in places(accounts, file_format=file_format, week=newest_week(AS_OF)).items()}
    text = _CONFIGURATION.format(accounts=accounts, seed=seed, observed_on=AS_OF.isoformat(), own_domain=SELLER_DOMAIN, **paths)
    (folder / "scores").mkdir(parents=True, exist_ok=True)
    for name in ("platform", "analytics"):
        (folder / "scores" / f"{name}.yml").write_text(_SCORE.format(name=name, title=name.capitalize(), seed=seed), encoding="utf-8")
    sets = [f"{name.replace(' ', '_')}: [{', '.join(keywords_of(name))}]" for name in KEYWORD_SETS]
    (folder / "keyword_sets.yml").write_text("\n".join(["# Intent keywords by what they are about.", *sets, ""]), encoding="utf-8")
    configuration = folder / CONFIGURATION
    configuration.write_text(text, encoding="utf-8")
    return configuration
