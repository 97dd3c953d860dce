"""The line of words about an account (scores/top_accounts.top_factors) by its sides."""


def sides(line: str | None) -> tuple[str, str]:
    """What speaks for an account, and what against it; a dash where nothing does.

    >>> sides("For: 51-200 employees; uses Kafka. Against: state CO"), sides("Against: state CO"), sides(None)
    (('51-200 employees; uses Kafka', 'state CO'), ('–', 'state CO'), ('–', '–'))
    """
    text = str(line or "")
    favour, _, against = ("", "", text[9:]) if text.startswith("Against: ") else text.partition(". Against: ")
    return favour.removeprefix("For: ") or "–", against or "–"
