"""What is wrong with real files: how a domain is written, and rows that nobody can use."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.sample.draws import Draws

FREE_MAIL_HOSTS = ["gmail.com", "hotmail.com", "yahoo.com", "outlook.com", "web.de"]


def as_written(domain: Column, draws: Draws, purpose: str, *, has_mail: bool = False) -> Column:
    """A domain as exports have it: some as a URL, some with www, some in capitals, some as an e-mail address."""
    draw = draws.uniform("domain as written " + purpose)
    return (
        F.when(draw < 0.02, F.concat(F.lit("https://www."), domain, F.lit("/en/about?ref=1")))
        .when(draw < 0.035, F.concat(F.lit("http://"), domain))
        .when(draw < 0.06, F.concat(F.lit("www."), domain))
        .when(draw < 0.07, F.upper(domain))
        .when(draw < 0.075, F.concat(F.lit(" "), domain, F.lit(" ")))
        .when(F.lit(has_mail) & (draw < 0.095), F.concat(F.lit("Info@"), domain))
        .otherwise(domain)
    )


def day_as_written(day: Column, draw: Column) -> Column:
    """A date as several systems wrote it into one export, by a draw in [0, 1): the month before the day where both are numbers."""
    return (
        F.when(draw < 0.08, F.date_format(day, "M/d/yyyy"))
        .when(draw < 0.16, F.date_format(day, "d MMM yyyy"))
        .when(draw < 0.3, F.concat(F.date_format(day, "yyyy-MM-dd"), F.lit("T09:30:00Z")))
        .otherwise(day.cast("string"))
    )


def misspelt(name: Column, is_misspelt: Column) -> Column:
    """A name that lacks its fifth letter, where it is misspelt."""
    return F.when(is_misspelt, F.concat(F.substring(name, 1, 4), F.substring(name, 6, 99))).otherwise(name)


def unusable(kind: Column, label: Column) -> Column:
    """A value in place of a domain that leads to no account, by kind 0 to 4: none, invalid, an address, a shared host, free mail."""
    mail = F.concat(label, F.lit("@"), F.element_at(F.array(*map(F.lit, FREE_MAIL_HOSTS)), 1 + F.pmod(F.length(label), F.lit(5))))
    return (
        F.when(kind == 0, F.lit(None).cast("string"))
        .when(kind == 1, F.concat(F.initcap(label), F.lit(" (no website)")))
        .when(kind == 2, F.lit("http://192.168.10.4/"))
        .when(kind == 3, F.concat(F.lit("https://www.linkedin.com/company/"), label))
        .otherwise(mail)
    )
