"""The accounts that got no score: one row for each score, source and account."""

from pyspark.sql import SparkSession

from qualscore.scores.unscored import unscored_accounts


def test_an_account_is_listed_once_however_many_rows_it_has(spark: SparkSession) -> None:
    accounts = spark.createDataFrame(
        [("a.com", ["one"], True), ("b.com", [], False), ("c.com", [], True)],
        "domain string, excluded_from array<string>, has_data boolean",
    )
    rows = [("activities:it", "key"), ("activities:it", "key"), ("activities:it", "other"), ("lists:it", "key")]
    problems = ("NO_DOMAIN", "FREE_MAIL_DOMAIN", "NO_DOMAIN", "NO_DOMAIN")
    rejected = spark.createDataFrame(
        [(*row, problem) for row, problem in zip(rows, problems, strict=True)], "source string, account_key string, domain_problem string"
    )
    unscored = unscored_accounts(accounts, rejected, score_names=["one", "two"]).collect()
    without = [
        ("activities:it", "key", None, "FREE_MAIL_DOMAIN"),
        ("activities:it", "other", None, "NO_DOMAIN"),
        ("lists:it", "key", None, "NO_DOMAIN"),
    ]
    of_both = [("accounts", "b.com", "b.com", "NO_DATA"), *without]
    expected = {"one": [("accounts", "a.com", "a.com", "EXCLUDED"), *of_both], "two": of_both}
    columns = ("source", "account_key", "domain", "reason")
    listed = {name: sorted(tuple(row[it] for it in columns) for row in unscored if row["score_name"] == name) for name in expected}
    assert listed == expected
