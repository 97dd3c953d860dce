"""How old a score's model is, when it is to be trained again, and whether to believe it."""

from calendar import monthrange
from datetime import date

from qualscore.reports.business_page.numbers import Row

HEARD = {"ready": "Its model is ready to use.", "doubtful": "Its model is doubtful: read the model report before you act on its scores."}


def due_on(trained_on: date, months: int) -> date:
    """The first day on which a model is so many months old.

    >>> due_on(date(2026, 6, 1), 6), due_on(date(2026, 8, 31), 6)
    (datetime.date(2026, 12, 1), datetime.date(2027, 3, 1))
    """
    year, month = divmod(12 * trained_on.year + trained_on.month - 1 + months, 12)
    if trained_on.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, trained_on.day)
    return date(year + (month == 11), (month + 1) % 12 + 1, 1)


def standing(model: Row) -> str:
    """Whether to believe the score, in a sentence; nothing of a score that was refused a new model and goes on with its old one."""
    return HEARD.get(model["standing"], "")


def trained(model: Row) -> str:
    """Its age, in a sentence.

    >>> trained({"version": 3, "trained_on": "2026-06-01", "due_on": "2026-12-01", "is_due": False, "is_rules": False})
    'Version 3 was trained as of 2026-06-01; it is to be trained again on 2026-12-01.'
    """
    made = "measured" if model["is_rules"] else "trained"
    due = "and should have been again since" if model["is_due"] else "it is to be " + made + " again on"
    joined = " " if model["is_due"] else "; "
    return f"Version {model['version']} was {made} as of {model['trained_on']}{joined}{due} {model['due_on']}."
