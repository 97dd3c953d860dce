"""The one grammar of conditions: what is said of a text that is none, and of columns and types that do not fit."""

import pytest

from qualscore.definitions.conditions import Mistake, parse
from qualscore.definitions.conditions.tree import Joined, Literal, Not

COLUMNS = {
    "employees": "bigint", "country": "string", "products": "array<string>", "founded_on": "date", "is_listed": "boolean",
    "the name": "string", "stack": "array<struct<product:string>>",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "character 1: the condition is empty"),
        ("role = ", "character 8: a value is expected here, not the end: a column, 'text', a number, a date or true or false"),
        ("a = 1 b = 2", "character 7: 'b' is not expected here: join conditions with and, or; "),
        ("a = b = c", "character 7: '=' is not expected here"),
        ("a = 1 && b = 2", "character 7: & stands for nothing here: write and"),
        ("a = 'x", "character 5: the quote ' is not closed"),
        ("a in 5", "character 6: a list in parentheses is expected, such as ('a', 'b'), not '5'"),
        ("(a = 1", "character 7: ')' is expected here, not the end"),
        ("a is 5", "character 6: 'is' goes with null, not null, true or false, not with '5': compare values with ="),
        ("a like b", "character 8: behind 'like' a text in quotes is expected, not 'b'"),
        ("a within 30", "character 10: 'within' goes with a whole number of days, weeks, months or years: within 30 days"),
        ("a > date '2026-02-30'", "character 5: '2026-02-30' is no date such as '2026-05-31'"),
        ("lowr(a) = 'x'", "character 1: conditions know no function 'lowr'; did you mean 'lower'?"),
        ("cast(a as map) = 1", "character 11: cast knows no type 'map'; known: bigint, "),
        ("(" * 60 + "a" + ")" * 60, "character 51: conditions are nested more than 50 deep"),
        ("not " * 60 + "a", "character 201: conditions are nested more than 50 deep"),
        ("1" + " + 1" * 60 + " > 2", "more than 50 values are joined here"),
        ("a = 1; drop table b", "character 6: ; stands for nothing here"),
    ],
)
def test_what_is_no_condition(text: str, message: str) -> None:
    with pytest.raises(Mistake) as error:
        parse(text)
    assert message in str(error.value)


def test_many_conditions_are_no_deep_tree() -> None:
    root = parse(" or ".join(f"employees = {number}" for number in range(2_000))).root
    assert isinstance(root, Joined) and len(root.conditions) == 2_000


def test_not_binds_less_than_a_comparison_and_more_than_and() -> None:
    root = parse("not country = 'DE' and employees > 5").root
    assert isinstance(root, Joined) and root.word == "and" and isinstance(root.conditions[0], Not)


@pytest.mark.parametrize(
    ("quoted", "content"),
    [(r"'it\'s'", "it's"), ("'it''s'", "it's"), ('"it\'s"', "it's"), (r"'50\%'", r"50\%"), (r"'a\\d\d\n'", "a\\dd\n"), (r"'\u00e4'", "ä")],
)
def test_quotes_and_what_stands_behind_a_backslash(quoted: str, content: str) -> None:
    (name, literal) = parse(f"country = {quoted}").root.parts
    assert isinstance(literal, Literal) and literal.value == content


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("COUNTRY = 'DE' and `The Name` like 'A%' and employees between 1 and 2.5", []),
        ("founded_on within 2 years and founded_on < as_of - 30 and founded_on <> '2026-05-31'", []),
        ("products has any ('a') or products has 'b' or not is_listed or is_listed = 'yes' or country = null", []),
        ("emploees > 5 and cuntry = 'x'", [
            "character 1: no column 'emploees', did you mean 'employees'?", "character 18: no column 'cuntry', did you mean 'country'?",
        ]),
        ("country > 5", ["character 11: text cannot be compared with a number: put the value in quotes"]),
        ("employees = 'many'", ["character 13: 'many' is not a number"]),
        ("founded_on > 'yesterday'", ["character 14: 'yesterday' is not a date such as '2026-05-31'"]),
        ("is_listed = 'perhaps'", ["character 13: 'perhaps' is not true or false"]),
        ("employees = founded_on", ["character 13: a number cannot be compared with a date"]),
        ("employees in (1, '2', 'x')", ["character 23: 'x' is not a number"]),
        ("products = 'a'", ["character 12: lists are not compared: ask has any ('a', 'b')"]),
        ("products like 'a'", ["character 10: 'like' is asked of text; of a list ask: has any ('a', 'b')"]),
        ("country has 'DE'", ["character 9: 'has' is asked of lists, not of text: of a text ask: in ('a', 'b'), or contains 'a'"]),
        ("stack has 'a'", ["character 7: 'has' is asked of lists, not of what conditions cannot read: of a text ask: "]),
        ("employees", ["character 1: is no condition: it gives a number, not true or false"]),
        ("is_listed and not country", ["character 19: is no condition behind 'not': it gives text, not true or false"]),
        ("country within 3 days", ["character 9: 'within' is asked of dates, not of text"]),
        ("country is true", ["character 9: 'is true' is asked of conditions, not of text"]),
        ("length(country, 2) > 1", [
            "character 1: length takes 1 argument(s), not 2", "character 17: length takes text here, not a number",
        ]),
        ("employees + country > 1", ["character 13: + takes numbers, not text"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_all_at_once(text: str, mistakes: list[str]) -> None:
    said = parse(text).mistakes(COLUMNS)
    assert len(said) == len(mistakes) and all(mine.startswith(wanted) for mine, wanted in zip(said, mistakes, strict=True)), said


def test_delivered_texts_hold_anything_and_a_delivery_has_no_day() -> None:
    delivered = {"employees": "string", "event_on": "string"}
    assert parse("employees > 50 and event_on >= date '2026-01-01'").mistakes(delivered, texts_hold_all=True) == []
    said = parse("event_on within 30 days and event_on < as_of").mistakes(delivered, texts_hold_all=True, has_day=False)
    assert said == [
        "character 10: there is no as_of here: name the day, such as date '2026-05-31'",
        "character 40: there is no as_of here: name the day, such as date '2026-05-31'",
    ]
