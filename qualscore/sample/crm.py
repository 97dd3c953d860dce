"""The seller's CRM, with the API names of Salesforce: fuller than the universe, and spelt its own way.

Everything here is a function of `people`: the companies that the CRM has, a row each (`companies` and `customers` columns).
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.sample import vocabulary as words
from qualscore.sample.companies import nth_of
from qualscore.sample.dirt import as_written, day_as_written, misspelt, unusable
from qualscore.sample.draws import Draws, nth

COUNTRY_SPELLINGS = {"United States": "USA", "United Kingdom": "UK", "Germany": "Deutschland", "Netherlands": "The Netherlands"}
_OWNERS = 12
_STAGES = ["Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review"]
_FIRST_NAMES = ["anna", "ben", "carla", "david", "eva", "felix", "grace", "hugo"]
_CAMPAIGNS = ["Spring Newsletter", "Data Summit", "Product Tour", "Benchmark Report"]
_TWINS = 2
_DEALS = 4


def accounts(people: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """CRM accounts: some twice, some without a usable website, a few deleted."""
    copies = F.sequence(F.lit(0), F.when(draws.chance("twin", 0.03), 1).otherwise(0))
    frame = people.withColumn("copy", F.explode(copies))
    created = F.date_sub(F.coalesce("opened_on", F.lit(as_of)), draws.whole("crm age", 10, 900))
    kind = F.floor(draws.uniform("kind of website", F.col("id"), F.col("copy")) * 100)
    website = as_written(F.col("domain"), draws, "crm")
    industry = nth([picked for _, _, _, picked in words.INDUSTRIES.values()], F.col("industry_place"))
    return frame.select(
        _account_id(F.col("id"), F.col("copy")).alias("Id"),
        F.when(kind == 7, F.concat("name", F.lit("\n(formerly "), F.initcap("label"), F.lit(")"))).otherwise(F.col("name")).alias("Name"),
        F.when(F.col("is_known"), "Customer - Direct").when(F.col("is_partner"), "Partner").otherwise("Prospect").alias("Type"),
        F.when(F.col("copy") == 1, _account_id(F.col("id"), F.lit(0))).alias("ParentId"),
        F.coalesce(nth_of(COUNTRY_SPELLINGS, F.col("true_country")), F.col("true_country")).alias("BillingCountry"),
        F.when((kind < 5) & ~F.col("is_known"), unusable(kind, F.col("label"))).otherwise(website).alias("Website"),
        misspelt(industry, draws.chance("misspelt industry", 0.02)).alias("Industry"),
        F.when(draws.chance("crm revenue", 0.6), F.col("revenue")).alias("AnnualRevenue"),
        F.when(draws.chance("crm employees", 0.9), F.col("size")).alias("NumberOfEmployees"),
        F.when(draws.chance("crm sic", 0.4), draws.whole("sic", 1000, 8999)).alias("Sic"),
        F.lit(None).cast("string").alias("NaicsCode"),
        _owner(draws).alias("OwnerId"),
        _moment(created).alias("CreatedDate"),
        _moment(F.least(F.lit(as_of), F.date_add(created, draws.whole("modified", 0, 500)))).alias("SystemModstamp"),
        (~F.col("is_known") & draws.chance("deleted", 0.01)).cast("string").alias("IsDeleted"),
    )


def deals(people: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """One row per deal: won, one per product, by every known customer; lost and open ones with a quarter of the others."""
    draw = draws.uniform("deal")
    won = F.array(F.when(F.col("is_known_platform"), 0), F.when(F.col("is_known_analytics"), 1))
    lost_or_open = F.when(draw < 0.2, F.array(F.lit(2))).when(draw < 0.27, F.array(F.lit(3)))
    kinds = F.when(F.col("is_known"), F.array_compact(won)).otherwise(lost_or_open)
    frame = people.withColumn("kind", F.explode(kinds))
    open_days, lost_days = draws.whole("open since", 5, 150), F.col("opened_days")
    opened = F.coalesce("opened_on", F.date_sub(F.lit(as_of), F.when(F.col("kind") == 3, open_days).otherwise(lost_days)))
    planned = F.date_add(F.lit(as_of), draws.whole("planned close", 5, 120))
    closed = F.coalesce("closed_on", F.when(F.col("kind") == 3, planned).otherwise(F.date_sub(F.lit(as_of), F.col("closed_days"))))
    return frame.withColumns(
        {
            "deal_id": _crm_id("006", F.col("id") * _DEALS + F.col("kind")),
            "is_won": F.col("kind") < 2,
            "is_closed": F.col("kind") < 3,
            "deal_opened_on": opened,
            "deal_closed_on": closed,
            "reached": F.when(F.col("kind") < 2, 4).otherwise(draws.whole("stage reached", 1, 4)),
            "amount": F.round(F.exp(F.lit(8.2) + F.lit(0.35) * F.log("size") + F.lit(0.5) * draws.normal("amount")), -2),
        }
    )


def opportunities(people: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """Deals as Salesforce has them; a few have lost their account."""
    sold = F.when(F.col("kind") == 0, "Platform").when(F.col("kind") == 1, "Analytics")
    other = F.when(draws.chance("product of a deal", 0.65), "Platform").otherwise("Analytics")
    product = F.coalesce(sold, other)
    stage = F.when(F.col("is_won"), "Closed Won").when(F.col("is_closed"), "Closed Lost").otherwise(nth(_STAGES, F.col("reached")))
    return deals(people, draws, as_of=as_of).select(
        F.col("deal_id").alias("Id"),
        F.when(draws.chance("account of a deal", 0.99), _account_id(F.col("id"), F.lit(0))).alias("AccountId"),
        F.concat("name", F.lit(" - "), product).alias("Name"),
        stage.alias("StageName"),
        F.when(draws.chance("amount known", 0.93), F.col("amount")).alias("Amount"),
        F.col("deal_closed_on").alias("CloseDate"),
        F.when((F.col("kind") == 1) & F.col("is_known_platform"), "Existing Business").otherwise("New Business").alias("Type"),
        F.col("is_closed").cast("string").alias("IsClosed"),
        F.col("is_won").cast("string").alias("IsWon"),
        _owner(draws).alias("OwnerId"),
        _moment(F.col("deal_opened_on")).alias("CreatedDate"),
        F.when(draws.chance("product in capitals", 0.05), F.upper(product)).otherwise(product).alias("Product__c"),
    )


def opportunity_history(people: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """A row per stage that a deal has reached, spread over its days."""
    last = F.when(F.col("is_closed"), F.col("reached") + 1).otherwise(F.col("reached"))
    frame = deals(people, draws, as_of=as_of).withColumns({"last": last}).withColumn("step", F.explode(F.sequence(F.lit(1), F.col("last"))))
    end = F.least("deal_closed_on", F.lit(as_of))
    days = F.floor(F.datediff(end, "deal_opened_on") * (F.col("step") - 1) / F.greatest(F.col("last") - 1, F.lit(1))).cast("int")
    final = F.when(F.col("is_won"), "Closed Won").otherwise("Closed Lost")
    is_final = F.col("is_closed") & (F.col("step") == F.col("last"))
    probability = F.when(is_final, F.when(F.col("is_won"), 100).otherwise(0)).otherwise(F.col("step") * 20)
    return frame.select(
        _crm_id("008", (F.col("id") * _DEALS + F.col("kind")) * 8 + F.col("step")).alias("Id"),
        F.col("deal_id").alias("OpportunityId"),
        F.when(is_final, final).otherwise(nth(_STAGES, F.col("step"))).alias("StageName"),
        F.col("amount").alias("Amount"),
        probability.alias("Probability"),
        F.col("deal_closed_on").alias("CloseDate"),
        _moment(F.date_add("deal_opened_on", days)).alias("CreatedDate"),
    )


def activities(people: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """Engagement from marketing automation, by e-mail address; a few from free-mail addresses. Thickest before a deal."""
    usual = F.floor(F.exp(F.lit(0.6) + draws.normal("activities")))
    count = F.least(usual + F.when(F.col("is_known"), 3).otherwise(0), F.lit(40.0)).cast("int")
    frame = people.withColumn("count", count).where("count > 0").withColumn("slot", F.explode(F.sequence(F.lit(1), F.col("count"))))
    slot = F.col("slot")
    kinds = ["email_open", "email_click", "web_visit", "form_fill", "webinar", "event", "demo_request"]
    long_ago = F.date_sub(F.lit(as_of), draws.whole("activity day", 0, 900, F.col("id"), slot))
    before = F.date_sub("opened_on", draws.whole("activity before", 1, 120, F.col("id"), slot))
    person = nth(_FIRST_NAMES, draws.whole("person", 1, len(_FIRST_NAMES), F.col("id"), slot))
    day = F.when(F.col("is_known") & (slot <= 3), before).otherwise(long_ago)
    host = F.when(draws.chance("private address", 0.04, F.col("id"), slot), F.lit("gmail.com")).otherwise(F.col("domain"))
    return frame.select(
        nth(kinds, draws.rank("activity", len(kinds), F.col("id"), slot)).alias("type"),
        day_as_written(day, draws.uniform("date as written", F.col("id"), slot)).alias("date"),
        F.concat(person, F.lit("@"), host).alias("email"),
        F.col("name").alias("account"),
        nth(_CAMPAIGNS, draws.rank("campaign", 4, F.col("id"), slot)).alias("campaign"),
    )


def _account_id(number: Column, copy: Column) -> Column:
    return _crm_id("001", number * _TWINS + copy)


def _crm_id(prefix: str, number: Column) -> Column:
    """18 characters; without capitals in the first 15, the last three are AAA."""
    return F.concat(F.lit(prefix), F.lpad(F.lower(F.conv(number.cast("string"), 10, 36)), 12, "0"), F.lit("AAA"))


def _owner(draws: Draws) -> Column:
    return _crm_id("005", draws.rank("owner", _OWNERS))


def _moment(day: Column) -> Column:
    return F.concat(day.cast("string"), F.lit("T09:30:00.000Z"))
