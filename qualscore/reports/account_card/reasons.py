"""Why an account has no score, and what would mend it."""

from collections.abc import Mapping

# Reason to why, and to what would mend it.
WHY: Mapping[str, tuple[str, str]] = {
    "EXCLUDED": (
        "the score excludes it: it is one of own_domains, or what `exclude` of the definition picks",
        "take it off the list or out of own_domains where that is wrong, then score",
    ),
    "NO_DATA": (
        "nothing but its domain and its name is known",
        "deliver firmographics, technographics or intent of it, then run the pipeline",
    ),
    "NO_DOMAIN": ("it has no website or e-mail address in the delivery", "fill in its website, deliver it again, then run the pipeline"),
    "INVALID_DOMAIN": ("its address is no domain", "correct its website, deliver it again, then run the pipeline"),
    "FREE_MAIL_DOMAIN": ("its address is that of a mail provider", "give it its own website, deliver it again, then run the pipeline"),
    "SHARED_HOST": ("its address is a platform that many companies share", "give it the address of its own site, then run the pipeline"),
    "SUPPRESSED": ("it was asked to be forgotten", "nothing: such accounts are dropped on reading"),
    "NOT_SCORED": ("no run of this score has met it yet", "run the pipeline, or the stage score"),
    "UNKNOWN": (
        "no source delivers it: the CRM, marketing automation, lists and firmographics do not know the domain",
        "deliver it in firmographics, in the CRM or in an account list, then run the pipeline",
    ),
    "NO_ACCOUNT": (
        "technographics or intent know the domain, and no source says that it is an account",
        "deliver it in firmographics, in the CRM or in an account list, then run the pipeline",
    ),
}


def without_score(reason: str, **named: str) -> dict[str, str]:
    """One reason as a record: reason, why and mend, beside what is `named`.

    >>> without_score("NO_DATA", score_name="platform")["why"]
    'nothing but its domain and its name is known'
    """
    why, mend = WHY[reason]
    return {**named, "reason": reason, "why": why, "mend": mend}
