"""The CRM, engagement and intent: what is delivered together is understood together."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts, deliveries, ingest
from qualscore.config import Source
from qualscore.ingest import Ingested, Stored
from tests.spark.test_ingest import RULES, became, ingested, reasons, values

ACCOUNTS = """Id,Name,Website,ParentId,BillingCountry,Industry,NumberOfEmployees,SystemModstamp,IsDeleted
0015g00000AbCdEAAV,Acme Inc,https://www.acme.com,,Deutschland,Technology,"1,200",2026-01-02T10:00:00.000Z,false
0015g00000AbCdFAAV,Acme Labs,acme.com,0015g00000AbCdEAAV,USA,Other,5,2026-02-02T10:00:00.000Z,false
0015g00000AbCdGAAV,No Site,,,Atlantis,,,2026-01-02T10:00:00.000Z,false
0015g00000AbCdHAAV,Mail Only,joe@gmail.com,,,,,2026-01-02T10:00:00.000Z,false
0015g00000AbCdIAAV,Gone,gone.com,,,,,2026-01-02T10:00:00.000Z,true
,Nobody,nobody.com,,,,,,
"""
DEALS = """Id,AccountId,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate,Product__c
0065g1,0015g00000AbCdEAAV,"Acme
big",Closed Won,"$12,000",2026-03-01,true,true,2026-01-05T09:30:00.000Z,GTX Pro; MG
0065g2,0015g00000AbCdG,small,Negotiation,,2026-12-01,false,false,2026-01-05,
0065g3,0015g00000AbCdZ,orphan,Closed Lost,7,2026-03-01,true,false,2026-01-05,
"""


def test_an_account_without_a_usable_domain_stays_with_its_reason(spark: SparkSession, tmp_path: Path) -> None:
    result = ingested(spark, tmp_path, "crm_accounts", ACCOUNTS)
    assert values(result.clean, "account_id", "company_name", "domain", "domain_problem", "parent_account", "country", "employees") == [
        ("0015g00000AbCdE", "Acme Inc", "acme.com", None, None, "DE", 1200),
        ("0015g00000AbCdF", "Acme Labs", "acme.com", None, "0015g00000AbCdE", "US", 5),
        ("0015g00000AbCdG", "No Site", None, "NO_DOMAIN", None, None, None),
        ("0015g00000AbCdH", "Mail Only", None, "FREE_MAIL_DOMAIN", None, None, None),
    ]
    assert reasons(result) == {7: [("account_id", None, "MISSING")]}
    assert became(result) == {"s0": {"rows_read": 6, "clean": 4, "superseded": 1, "deleted": 1, "rejected": 1}}
    notes = {"country:UNKNOWN_COUNTRY": 1, "domain:FREE_MAIL_DOMAIN": 1, "domain:NO_DOMAIN": 1, "industry_group:UNKNOWN_INDUSTRY": 1}
    assert result.summaries()[0].notes == notes
    assert result.summaries()[0].fill["employees"] == 0.5


def test_deals_have_the_domain_of_their_account(spark: SparkSession, tmp_path: Path) -> None:
    accounts = ingested(spark, tmp_path, "crm_accounts", ACCOUNTS).clean
    result = ingested(spark, tmp_path, "crm_opportunities", DEALS, accounts=accounts)
    deals = values(
        result.clean, "opportunity_id", "opportunity_name", "domain", "domain_problem", "outcome", "amount", "created_on", "products"
    )
    assert deals == [
        ("0065g1", "Acme big", "acme.com", None, "won", 12000.0, date(2026, 1, 5), ["GTX Pro", "MG"]),
        ("0065g2", "small", None, "NO_DOMAIN", "open", None, date(2026, 1, 5), None),
        ("0065g3", "orphan", None, "NO_DOMAIN", "lost", 7.0, date(2026, 1, 5), None),
    ]


def test_engagement_has_the_domain_of_its_address_else_of_its_account(spark: SparkSession, tmp_path: Path) -> None:
    accounts = ingested(spark, tmp_path, "crm_accounts", ACCOUNTS).clean
    text = "type,date,email,account,campaign\nDemo Request,3/4/2026,Joe@acme.com,,Spring\nemail_open,3/14/2026,x@gmail.com,acme  INC,\n"
    text += "email_open,3/14/2026,x@gmail.com,Unknown,\nemail_open,soon,,No Site,\ndemo request,2026-03-04,joe@ACME.com,,Spring\n"
    result = ingested(spark, tmp_path, "activities", text, accounts=accounts)
    assert values(result.clean, "domain", "activity_type", "active_on") == [
        ("acme.com", "demo_request", date(2026, 3, 4)),
        ("acme.com", "email_open", date(2026, 3, 14)),
    ]
    assert reasons(result) == {
        4: [("domain", "x@gmail.com", "FREE_MAIL_DOMAIN")],
        5: [("domain", None, "NO_DOMAIN"), ("active_on", "soon", "NOT_A_DATE")],
    }
    assert became(result) == {"s0": {"rows_read": 5, "clean": 2, "superseded": 1, "rejected": 2}}
    contacts = {row["contact"] for row in result.clean.collect()}
    assert len(contacts) == 2 and all(len(contact) == 64 for contact in contacts), "addresses are not kept"
    assert {row["line"]: row["row"].count("x@gmail.com") for row in result.rejected.collect()} == {4: 1, 5: 0}


def test_a_refused_row_names_its_account_and_no_address(spark: SparkSession, tmp_path: Path) -> None:
    text = "type,date,email,account id,account\nvisit,2026-03-04,x@gmail.com,0015g00000AbCdZ,Away\nvisit,2026-03-04,x@gmail.com,,Away\n"
    text += 'visit,2026-03-04,X@gmail.com,,\nvisit,2026-03-04,,,\nvisit,2026-03-04,x@gmail.com,,"Joe <x@gmail.com>"\n'
    rows = {row["line"]: row for row in ingested(spark, tmp_path, "activities", text).rejected.collect()}
    hashed = {4: "x@gmail.com", 5: f"{rows[5]['file']}:5".lower(), 6: "joe <x@gmail.com>"}
    expected = {2: "0015g00000AbCdZ", 3: "Away"} | {line: sha256(it.encode()).hexdigest() for line, it in hashed.items()}
    assert {line: row["account_key"] for line, row in rows.items()} == expected
    (listed,) = ingested(spark, tmp_path, "account_lists", "email\nX@gmail.com\n").rejected.collect()
    assert listed["account_key"] == expected[4]


def test_dates_of_a_file_have_one_order_which_all_of_them_tell_until_it_is_declared(spark: SparkSession, tmp_path: Path) -> None:
    head = "domain,type,date\n"
    both = head + "a.com,visit,3/4/2026\na.com,visit,3/14/2026\na.com,visit,5/5/2026\n"
    day_first, unknown = head + "a.com,visit,3/4/2026\na.com,visit,14/3/26\n", head + "a.com,visit,3/4/2026\n"
    two = both + "a.com,visit,14/3/2026\n"
    result = ingested(spark, tmp_path, "activities", both, day_first, unknown, two)
    days = {(row["source"], row["active_on"]) for row in result.rows.collect()}
    assert days == {
        *(("s0", date(2026, 3, 4)), ("s0", date(2026, 3, 14)), ("s0", date(2026, 5, 5))),
        *(("s1", date(2026, 4, 3)), ("s1", date(2026, 3, 14)), ("s2", date(2026, 3, 4))),
        *(("s3", date(2026, 3, 4)), ("s3", date(2026, 3, 14)), ("s3", date(2026, 5, 5))),
    }
    summaries = result.summaries()
    assert [it.notes for it in summaries][1] == {} and summaries[3].notes == {"active_on:AMBIGUOUS_DATE": 1}
    assert [len(it.findings) for it in summaries] == [0, 0, 0, 1]
    assert (
        "1 with the day first, first '14/3/2026' in line 5 (date) and 1 with the month first, first '3/14/2026' in line 3 (date)"
        in (summaries[3].findings[0])
    )
    declared = ingested(spark, tmp_path, "activities", both, dates="dmy")
    assert values(declared.clean, "active_on") == [(date(2026, 4, 3),), (date(2026, 5, 5),)]
    assert reasons(declared) == {3: [("active_on", "3/14/2026", "NOT_A_DATE")]}


SHORT = {
    "days first": (["05-09-24", "21-09-24", "30-11-25"], ["2024-09-05", "2024-09-21", "2025-11-30"]),
    "years first": (["24-09-05", "24-09-21", "25-11-30"], ["2024-09-05", "2024-09-21", "2025-11-30"]),
    "few days of several years": (["21-09-22", "22-11-26"], ["2022-09-21", "2026-11-22"]),
    "of another century": (["98-09-05", "24-03-04"], ["1998-09-05", "2024-03-04"]),
}


@pytest.mark.parametrize("kind", SHORT)
def test_short_years_stand_where_all_of_a_file_tell(spark: SparkSession, tmp_path: Path, kind: str) -> None:
    texts, days = SHORT[kind]
    text = "domain,type,date\n" + "".join(f"a.com,visit,{it}\n" for it in texts)
    result = ingested(spark, tmp_path, "activities", text)
    assert {row["active_on"].isoformat() for row in result.clean.collect()} == {*days}
    assert result.summaries()[0].notes == {} and result.summaries()[0].findings == ()


@pytest.mark.parametrize("is_large", [False, True], ids=["small", "large"])
def test_each_file_of_a_folder_has_its_own_order_of_dates(spark: SparkSession, tmp_path: Path, is_large: bool) -> None:
    head, contract = "domain,event date\n", contracts.load("clean/account_lists")
    texts = {"a": "a.com,3/4/2026\nb.com,14/3/2026\n", "b": "c.com,3/4/2026\nd.com,3/14/2026\n", "c": "e.com,3/4/2026\n"}
    texts["d"] = "f.com,3/14/2026\ng.com,14/3/2026\n"
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(head + text)
    read = deliveries.read_all(spark, [Source(table="account_lists", list="won", path=str(tmp_path), id="s0")])
    with ingest.staging() as staged:
        large = ingest.large_table(read, contract, rules=RULES, staging=staged) if is_large else None
        result = large or ingest.table(read, contract, rules=RULES)
        march, april = date(2026, 3, 14), date(2026, 4, 3)
        days = {"a": april, "b": march, "c": date(2026, 3, 4), "d": march, "e": date(2026, 3, 4), "f": march, "g": march}
        assert values(result.clean, "domain", "event_on") == [(f"{it}.com", day) for it, day in days.items()]
        (summary,) = result.summaries()
        assert summary.notes == {"event_on:AMBIGUOUS_DATE": 1}
        (finding,) = summary.findings
        assert f"{tmp_path}/d.csv: dates in two orders: 1 with the day first, first '14/3/2026' in line 3 (event date)" in finding


STAGES = "deal id,domain,stage,is won,is closed\n1,a.com,6 - Closed Won,,true\n2,a.com,Closed Lost - price,,true\n3,a.com,Geschenk,,\n"
STAGES += "4,a.com,Geschenk,,true\n5,a.com,Fertig,,\n6,a.com,Wonder,false,true\n7,a.com,Demo,,\n8,a.com,WAHR,WAHR,\n"


def test_a_deal_without_a_won_flag_is_decided_by_its_stage_and_unknown_stages_are_named(spark: SparkSession, tmp_path: Path) -> None:
    result = ingested(spark, tmp_path, "crm_opportunities", STAGES)
    outcomes = dict(enumerate(("won", "lost", "open", "open", "open", "lost", "open", "won"), start=1))
    assert values(result.clean, "opportunity_id", "outcome") == [(str(number), outcome) for number, outcome in outcomes.items()]
    (remark,) = result.summaries()[0].remarks
    assert remark.sentence() == "stage ('stage'): UNKNOWN_STAGE 3: 'Geschenk' 2, 'Fertig' 1"
    assert "taken for open" in result.summaries()[0].warnings(1)[0]


def test_intent_is_one_scale_and_one_row_a_week(spark: SparkSession, tmp_path: Path) -> None:
    text = "domain,Topic,Composite Score,week\na.com,Apache Kafka,61,2026-10-28\na.com,apache kafka,High,2026-10-26\n"
    text += "a.com,CRM,low,2026-10-26\na.com,CRM,huge,2026-10-26\na.com,CRM,101,2026-10-26\n"
    result = ingested(spark, tmp_path, "intent_signals", text)
    assert values(result.clean, "keyword", "week_on", "strength") == [
        ("apache kafka", date(2026, 10, 26), 80.0),
        ("crm", date(2026, 10, 26), 40.0),
    ]
    assert reasons(result) == {5: [("strength", "huge", "NOT_A_STRENGTH")], 6: [("strength", "101", "OUT_OF_RANGE")]}


HISTORY = "id,opportunity id,stage,created date\n1,9,Prospecting,2026-01-01\n2,9,Closed Won,2026-02-01\n"


def test_a_table_without_domains_is_ingested(spark: SparkSession, tmp_path: Path) -> None:
    result = ingested(spark, tmp_path, "crm_opportunity_history", HISTORY)
    assert values(result.clean, "change_id", "stage", "changed_on") == [
        ("1", "Prospecting", date(2026, 1, 1)),
        ("2", "Closed Won", date(2026, 2, 1)),
    ]


def _changed(spark: SparkSession, folder: Path, stored: DataFrame, text: str) -> Ingested:
    (folder / "changes.csv").write_text(text)
    source = {"table": "crm_accounts", "path": str(folder / "changes.csv"), "id": "s0", "delivers": "changes"}
    read, contract = deliveries.read_all(spark, [Source.model_validate(source)]), contracts.load("clean/crm_accounts")
    result = ingest.table(read, contract, rules=RULES, stored=stored).checkpointed()
    is_gone = F.coalesce("is_deleted", F.lit(False))
    held = Stored(stored.where(~is_gone), stored.limit(0), stored.where(is_gone))
    _alike(result, ingest.changed_table(read, contract, rules=RULES, stored=held), held)
    return result


def _alike(whole: Ingested, apart: Ingested, held: Stored) -> None:
    """Judged beside the stored rows that compete with them, changes leave the same table as beside all of them, which were more."""
    (key,) = whole.contract.key
    assert apart.before is not None
    before, names = apart.before.select(key).collect(), whole.contract.columns
    assert len(before) < held.rows.count()
    kept = held.rows.where(~F.col(key).isin([row[key] for row in before]))
    assert values(kept.unionByName(apart.clean), *names) == values(whole.clean, *names)
    assert [it.record() for it in apart.summaries()] == [it.record() for it in whole.summaries()]
    assert values(apart.rejected, "row") == values(whole.rejected, "row")
    if held.buried is not None:
        judged = [row[key] for row in apart.rows.select(key).collect()]
        stay = {row[key] for row in held.buried.where(~F.col(key).isin(judged)).collect()}
        assert stay | {row["record_id"] for row in apart.deletions.collect()} == {row["record_id"] for row in whole.deletions.collect()}


def test_changes_are_merged_by_key_and_the_latest_change_wins(spark: SparkSession, tmp_path: Path) -> None:
    stored = ingested(spark, tmp_path, "crm_accounts", ACCOUNTS)
    late, corrected = "0015g00000AbCdEAAV,Old Name,acme.com,,2026-01-01\n", "0015g00000AbCdFAAV,Labs,labs.com,,2026-03-01\n"
    gone, new = "0015g00000AbCdGAAV,No Site,,true,2026-03-01\n", "0015g00000AbCdJAAV,New,new.com,,\n"
    result = _changed(spark, tmp_path, stored.clean, "Id,Name,Website,IsDeleted,SystemModstamp\n" + late + corrected + gone + new)
    assert values(result.clean, "account_id", "company_name", "domain") == [
        ("0015g00000AbCdE", "Acme Inc", "acme.com"),
        ("0015g00000AbCdF", "Labs", "labs.com"),
        ("0015g00000AbCdH", "Mail Only", None),
        ("0015g00000AbCdJ", "New", "new.com"),
    ]
    assert became(result) == {"s0": {"rows_read": 4, "clean": 2, "superseded": 2, "deleted": 1}}


def test_a_stored_deal_follows_its_account(spark: SparkSession, tmp_path: Path) -> None:
    before = ingested(spark, tmp_path, "crm_accounts", ACCOUNTS).clean
    stored = ingested(spark, tmp_path, "crm_opportunities", DEALS, accounts=before).clean
    own = stored.where("opportunity_id = '0065g1'").withColumns({"opportunity_id": F.lit("0065g5"), "domain": F.lit("its-own.com")})
    mended = ACCOUNTS.replace("No Site,", "No Site,site.com").replace("acme.com", "acme.io")
    accounts = ingested(spark, tmp_path, "crm_accounts", mended).clean
    (tmp_path / "deals.csv").write_text(
        DEALS.partition("0065g1")[0] + "0065g4,0015g00000AbCdE,new,Closed Won,1,2026-11-01,true,true,2026-10-01,\n"
    )
    source = {"table": "crm_opportunities", "path": str(tmp_path / "deals.csv"), "id": "s0", "delivers": "changes"}
    read = deliveries.read_all(spark, [Source.model_validate(source)])
    result = ingest.table(
        read,
        contracts.load("clean/crm_opportunities"),
        rules=RULES,
        crm_accounts=accounts,
        stored=stored.unionByName(own),
        stored_accounts=before,
    ).checkpointed()
    assert values(result.clean, "opportunity_id", "domain", "domain_problem") == [
        ("0065g1", "acme.io", None),
        ("0065g2", "site.com", None),
        ("0065g3", None, "NO_DOMAIN"),
        ("0065g4", "acme.io", None),
        ("0065g5", "its-own.com", None),
    ]
    assert became(result) == {"s0": {"rows_read": 1, "clean": 1}}
    old, new = (frame.select("account_id", "company_name", "domain") for frame in (before, accounts))
    untouched = own.withColumns({"opportunity_id": F.lit("0065g7"), "account_id": F.lit("another")})
    held = Stored(stored.unionByName(own).unionByName(untouched), stored.limit(0), accounts=before, moved=new.exceptAll(old))
    contract = contracts.load("clean/crm_opportunities")
    apart = ingest.changed_table(read, contract, rules=RULES, stored=held, crm_accounts=accounts)
    whole = replace(
        result,
        rows=result.rows.unionByName(
            result.rows.where("opportunity_id = '0065g5'").withColumns({"opportunity_id": F.lit("0065g7"), "account_id": F.lit("another")})
        ),
    )
    _alike(whole, apart, held)


def test_a_late_row_does_not_bring_back_what_was_deleted_and_a_newer_one_does(spark: SparkSession, tmp_path: Path) -> None:
    head, contract = "Id,Name,Website,IsDeleted,SystemModstamp\n", contracts.load("clean/crm_accounts")
    gone = ingested(
        spark, tmp_path, "crm_accounts", head + "1,A,a.com,true,2026-03-01\n2,B,b.com,true,2026-03-01\n3,C,c.com,false,2026-03-01\n"
    )
    assert values(gone.deletions, "table_name", "record_id", "modified_on", "source") == [
        ("crm_accounts", "1", date(2026, 3, 1), "s0"),
        ("crm_accounts", "2", date(2026, 3, 1), "s0"),
    ]
    stored = gone.clean.unionByName(ingest.as_deleted(gone.deletions, contract))
    text = head + "1,A,a.com,false,2026-02-01\n2,B,b.com,false,2026-04-01\n"
    result = _changed(spark, tmp_path, stored, text)
    assert values(result.clean, "account_id", "company_name") == [("2", "B"), ("3", "C")]
    assert values(result.deletions, "record_id", "modified_on") == [("1", date(2026, 3, 1))]
    assert became(result) == {"s0": {"rows_read": 2, "clean": 1, "superseded": 1}}
