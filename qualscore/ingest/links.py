"""Whose a row is that has no usable domain of its own: its CRM account's, or a company's on a free-mail host."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints, columns
from qualscore.ingest.delivery import with_note


def linked(
    rows: DataFrame, *, free_mail_companies: DataFrame | None, crm_accounts: DataFrame | None, stored_accounts: DataFrame | None = None
) -> DataFrame:
    """Conformed rows with the domains that other tables know (`judgement.table`)."""
    if free_mail_companies is not None:
        rows = with_known_companies(rows, free_mail_companies)
    if crm_accounts is not None:
        rows = with_account_domains(rows, crm_accounts, stored_accounts)
    return with_problems(rows)


def with_account_domains(rows: DataFrame, crm_accounts: DataFrame, stored_accounts: DataFrame | None = None) -> DataFrame:
    """Deals and activities without a usable domain get that of their account: by id, else by a name that one account has.

    Args:
        rows: judged so far, with account_id, account_name, domain, `_rank`, `_problem`, `_reasons`.
        crm_accounts: clean/crm_accounts.
        stored_accounts: as they were when the rows below rank 0 were stored: of these, one that had its account's domain follows it.

    No row is added: an id and a name are at most one account's.
    """
    wanting = F.col("_problem").isNotNull()
    if stored_accounts is not None:
        rows = _with_account_domain(rows, stored_accounts, "_before", F.col("_rank") < 0)
        wanting |= F.coalesce(F.col("domain") == F.col("_before"), F.lit(False))
    followed = _with_account_domain(rows, crm_accounts, "_domain_of_account", wanting)
    accepted = {"domain": F.coalesce("_domain_of_account", "domain")} | _accepted(F.col("_domain_of_account").isNotNull())
    return followed.withColumns(accepted).drop("_domain_of_account", "_before")


def _with_account_domain(rows: DataFrame, crm_accounts: DataFrame, name: str, wanting: Column) -> DataFrame:
    """Adds a column: of the rows that want a domain that of their account."""
    usable = crm_accounts.where(F.col("domain").isNotNull())
    by_id = usable.select(F.col("account_id").alias("_of_id"), F.col("domain").alias("_domain_of_id"))
    named = crm_accounts.groupBy(account_name(F.col("company_name")).alias("_of_name"))
    by_name = named.agg(F.count(F.lit(1)).alias("_count"), F.max("domain").alias("_domain_of_name")).where("_count = 1").drop("_count")
    joined = rows.join(by_id, wanting & (F.col("account_id") == F.col("_of_id")), "left").join(
        by_name, wanting & (account_name(F.col("account_name")) == F.col("_of_name")), "left"
    )
    helpers = ("_of_id", "_domain_of_id", "_of_name", "_domain_of_name")
    return joined.withColumn(name, F.coalesce("_domain_of_id", "_domain_of_name")).drop(*helpers)


def free_mail_companies(firmographics: DataFrame) -> DataFrame:
    """`domain`, each once: the companies with a free-mail domain. An action; at most as many rows as there are such domains.

    Args:
        firmographics: a frame with a column `domain`.
    """
    # An aggregate of no rows is one row: so the hosts become a frame. (As literals of a condition, 4,800 take seconds to plan.)
    single = firmographics.limit(0).agg(F.count(F.lit(1)))
    hosts = single.select(F.explode(F.split(F.lit(" ".join(sorted(columns.FREE_MAIL))), " ")).alias("domain"))
    return firmographics.select("domain").join(F.broadcast(hosts), "domain", "left_semi").distinct().transform(checkpoints.kept)


def with_known_companies(rows: DataFrame, free_mail_companies: DataFrame) -> DataFrame:
    """A free-mail domain that firmographics deliver is a company's: its rows lose that reason. No row is added.

    Args:
        rows: judged so far, with domain, `_problem`, `_reasons`.
        free_mail_companies: what the function of that name gives.
    """
    known = free_mail_companies.select(F.col("domain").alias("_known"))
    is_known = (F.col("_problem") == "FREE_MAIL_DOMAIN") & (F.col("domain") == F.col("_known"))
    return rows.join(F.broadcast(known), is_known, "left").withColumns(_accepted(F.col("_known").isNotNull())).drop("_known")


def with_problems(rows: DataFrame) -> DataFrame:
    """In a table that keeps rows without a usable domain: no domain where there is a problem, and the problem beside it."""
    if "domain_problem" not in rows.columns:
        return rows
    values = {"domain": F.when(F.col("_problem").isNull(), F.col("domain")), "domain_problem": F.col("_problem")}
    return rows.withColumns(values | {"_notes": with_note("domain", F.lit(None), F.col("_problem"))})


def _accepted(condition: Column) -> dict[str, Column]:
    """The row without its problem, and without the reason that the problem was."""
    other = F.filter("_reasons", lambda it: ~it["reason"].eqNullSafe(F.col("_problem")))
    return {
        "_reasons": F.when(condition, other).otherwise(F.col("_reasons")),
        "_problem": F.when(~condition, F.col("_problem")),
    }


def account_name(text: Column) -> Column:
    """A name as accounts are told by it: in lower case, with single spaces."""
    return F.lower(F.regexp_replace(text, r"\s+", " "))
