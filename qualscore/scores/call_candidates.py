"""Who could be on a call list, and by which rule the others fall out: all lists in one pass over the accounts."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, Observation, Window
from pyspark.sql import functions as F

from qualscore import checkpoints
from qualscore.columns.spelling import folded, folded_of
from qualscore.definitions.call_list import CallList
from qualscore.joins import to_be_joined
from qualscore.scores.crm_states import CUSTOMER, OPEN_DEAL
from qualscore.scores.expected_value import Worth
from qualscore.scores.fit_intent import UNKNOWN
from qualscore.scores.segment_columns import Beside
from qualscore.scores.segments import crm_facts, meets
from qualscore.universe.labels import outcome_on

UNMET, UNSCORED, NEVER, WORKED, OTHER_OWNER = "conditions", "unscored", "never", "recently_worked", "other_owner"
RULES = (UNMET, UNSCORED, NEVER, CUSTOMER, OPEN_DEAL, WORKED, OTHER_OWNER)  # in this order
SET_TO_NEVER = "override_never"
DRAWS = 10_000
SPARE = 3  # times as many candidates as a list has room for, where caps of parents or owners may take some
OF_SCORE = ("score", "model_score", "band", "final_cause")
KNOWN = ("crm_owner", "parent", "industry")
BEST = ("score_name", "score", "band", "probability", "expected_value_usd", "worth")


def crm_knowledge(
    lists: Sequence[CallList], crm_accounts: DataFrame, crm_scores: DataFrame, activities: DataFrame, deals: DataFrame, *, as_of: date
) -> DataFrame:
    """One row for each domain that the CRM or marketing automation knows: _crm_owner, _parent, _facts, and _is_worked for each list.

    Args:
        lists: at least one.
        crm_accounts: clean/crm_accounts.
        crm_scores: scores/crm_account_scores, which knows parents.
        activities: clean/activities.
        deals: clean/crm_opportunities; one that was closed is work.
        as_of: the day of the lists.
    """
    first = F.col("account_id")
    owners = crm_scores.where("domain is not null").groupBy("domain").agg(
        F.min_by("owner", F.when(F.col("owner").isNotNull(), first)).alias("_crm_owner"),
        F.coalesce(F.min("parent_account_id"), F.min(first)).alias("_parent"),
    )  # fmt: skip
    facts = crm_facts([it.crm_accounts for it in lists], crm_accounts, as_of=as_of)
    closed = deals.where(outcome_on(as_of) != "open").select(
        "domain", F.lit(None).cast("string").alias("kind"), F.col("close_on").alias("on")
    )
    done = activities.select("domain", F.col("activity_type").alias("kind"), F.col("active_on").alias("on")).unionByName(closed)
    longest = max(it.cool_down.days for it in lists)
    recent = done.where(
        (F.col("on") > F.lit(as_of - timedelta(days=longest))) & (F.col("on") <= F.lit(as_of)) & F.col("domain").isNotNull()
    )
    worked = recent.groupBy("domain").agg(F.array(*(F.max(_is_work(it, as_of)) for it in lists)).alias("_is_worked"))
    return owners.join(facts, "domain", "full").join(worked, "domain", "full")


def candidates(
    lists: Sequence[CallList], beside: Beside, known: DataFrame, *, worths: Mapping[str, Worth], as_of: date
) -> tuple[DataFrame, dict[tuple[str, str | None], int]]:
    """The best of those who could be on each list, at most some times as many as it has room for. An action.

    Args:
        lists: at least one.
        beside: what conditions are asked of.
        known: as `crm_knowledge` makes it.
        worths: by score that there is.
        as_of: the day of the lists.

    Returns:
        rows with what draft.CANDIDATE names, list_name, scope (those who share accounts), the account and its score; and by list and rule
        how many accounts fell out by it, under None how many could be on the list.
    """
    wanted = [f"{score}.{name}" for score in worths for name in OF_SCORE]
    industry = F.when(F.col("industry") != UNKNOWN, F.col("industry")).alias("_industry")
    accounts, columns = beside.accounts([*wanted, *(name for it in lists for name in it.names)], industry)
    all_accounts, by_rule = Observation(), Observation()
    both = accounts.join(to_be_joined(known), "domain", "left").observe(all_accounts, F.count(F.lit(1)).alias("accounts"))
    entries = [_entry(place, it, columns, worths, as_of) for place, it in enumerate(lists)]
    known_of = [F.col(f"_{name}").alias(name) for name in KNOWN]
    each = both.select("domain", "company_name", *known_of, F.explode(F.array_compact(F.array(*entries))).alias("_in"))
    flat = each.select("domain", "company_name", *KNOWN, "_in.*")
    asked = [(it.name, rule) for it in lists for rule in (*RULES[1:], None)]
    counts = [F.count_if((F.col("list_name") == name) & F.col("fell_by").eqNullSafe(F.lit(rule))) for name, rule in asked]
    watched = flat.observe(by_rule, *(count.alias(f"_{number}") for number, count in enumerate(counts)))
    rows = checkpoints.kept(_best(watched.where("fell_by is null"), lists))
    numbers = {it: int(by_rule.get[f"_{number}"]) for number, it in enumerate(asked)}
    total = int(all_accounts.get["accounts"])
    unmet = {(it.name, UNMET): total - sum(numbers[it.name, rule] for rule in (*RULES[1:], None)) for it in lists}
    return rows, unmet | numbers


def _is_work(wanted: CallList, as_of: date) -> Column:
    """Whether what was done counts for a list; null where it does not."""
    kinds = [folded(it) for it in wanted.cool_down.activities]
    counts = F.col("kind").isNull() | folded_of(F.col("kind")).isin(kinds) if kinds else F.lit(True)
    return F.when(counts & (F.col("on") > F.lit(as_of - timedelta(days=wanted.cool_down.days))), F.lit(True))


def _entry(place: int, wanted: CallList, columns: Mapping[str, Column], worths: Mapping[str, Worth], as_of: date) -> Column:
    """list_name, fell_by (null: could be on the list), the account's best score, its worth and so on; null where conditions are not met."""
    names = [it for it in worths if wanted.scores == "all" or it in wanted.scores]
    best, owners = _best_score(names, columns, worths), sorted({folded(it) for it in wanted.owners})
    is_others = F.lit(False)
    if wanted.per == "owner":
        is_others = ~folded_of(F.col("_crm_owner")).isin(owners) if owners else F.col("_crm_owner").isNull()
    rules = {
        UNSCORED: F.coalesce(*(columns[f"{it}.score"] for it in names)).isNull(),
        NEVER: best.isNull(),
        CUSTOMER: F.col("crm_state") == CUSTOMER,
        OPEN_DEAL: F.col("crm_state") == OPEN_DEAL,
        WORKED: F.get("_is_worked", F.lit(place)),
        OTHER_OWNER: is_others,
    }
    fell_by = F.coalesce(*(F.when(is_fallen, F.lit(rule)) for rule, is_fallen in rules.items()))
    is_shared = wanted.per == "all" or bool(wanted.owners)
    draw = F.pmod(F.xxhash64(F.lit(wanted.name), "domain", F.lit("control")), F.lit(DRAWS))
    value = best["worth"] if wanted.rank_by == "expected_value" else best["score"]
    buckets = [*wanted.quota.of]
    of_quota = best["band"] if wanted.quota.band else best["score_name"]
    entry = F.struct(
        F.lit(wanted.name).alias("list_name"),
        fell_by.alias("fell_by"),
        *(best[name].alias(name) for name in BEST),
        value.alias("precedence"),
        (F.lit("") if is_shared else F.col("_crm_owner")).alias("scope"),
        F.when(of_quota.isin(buckets), of_quota).alias("bucket") if buckets else F.lit(None).cast("string").alias("bucket"),
        (draw < int(wanted.control_share * DRAWS)).alias("is_control"),
    )
    return F.when(meets(wanted.when, wanted.crm_accounts, columns, place, as_of=as_of), entry)


def _best_score(names: Sequence[str], columns: Mapping[str, Column], worths: Mapping[str, Worth]) -> Column:
    """BEST of the highest score, of equal ones of the first by name; null without a score that people have not set to never."""
    structs = []
    for number, name in enumerate(sorted(names)):
        score, own, band, cause = (columns[f"{name}.{it}"] for it in OF_SCORE)
        worth = worths[name]
        values = (F.lit(name), score, band, worth.probability(own), worth.expected_value(own), worth.weight(own))
        named = [value.alias(column) for value, column in zip(values, BEST, strict=True)]
        is_meant = score.isNotNull() & ~F.coalesce(cause == SET_TO_NEVER, F.lit(False))
        structs.append(F.when(is_meant, F.struct(score.alias("_highest"), F.lit(-number).alias("_first"), *named)))
    return F.array_max(F.array(*structs))


def _best(rows: DataFrame, lists: Sequence[CallList]) -> DataFrame:
    """The first of each list and scope, of each bucket and whatever else is capped: the draft needs no others."""
    by_industry = [it.name for it in lists if it.caps.industry]
    by_owner = [it.name for it in lists if it.caps.owner or it.owners]
    apart = (F.when(F.col("list_name").isin(by_industry), F.col("industry")), F.when(F.col("list_name").isin(by_owner), F.col("crm_owner")))
    alike = Window.partitionBy("list_name", "scope", "bucket", "is_control", *apart)
    number = F.row_number().over(alike.orderBy(F.desc("precedence"), "domain"))
    most = max(_room(it) for it in lists)
    return rows.withColumn("_number", number).where(F.col("_number") <= most).drop("_number", "fell_by")


def _room(wanted: CallList) -> int:
    """How many of those that are alike may be wanted."""
    spare = SPARE if wanted.caps.parent else 1
    return wanted.accounts * max(len(wanted.owners), 1) * spare
