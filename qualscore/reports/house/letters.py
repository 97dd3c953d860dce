"""Texts of others - names, factors, lists - as letters that say what they say: nothing in them is obeyed, wherever they are shown."""

import re
import unicodedata

UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls, marks of direction, halves and what is nobody's
JOINERS = "\u200c\u200d"  # within words of Persian and of Hindi, and between the parts of an emoji
SPACES = re.compile(r"[^\S\u00a0]+")  # a space that does not break is the page's own
# Colours, bold, dim and underlined, and their end: what the pages of this house are written with, and harmless in what others wrote.
STYLED = re.compile(r"(\x1b\[(?:[0124]|3[0-7])?(?:;(?:[124]|3[0-7]))*m)")
_PLAIN = re.compile(r"[ -~\u00a0-\u00ac\u00ae-\u024f]*")


def letters(text: str, *, keep: str = JOINERS) -> str:
    r"""One line without controls, marks of direction and whatever else nobody sees.

    Args:
        text: of whoever wrote it.
        keep: what stays although it is not seen.

    >>> letters("Acme\x1b[31m\n <b>\u202eInc\u2028"), letters("a\u200cb"), letters("a\u200cb", keep="")
    ('Acme [31m <b>Inc', 'a\u200cb', 'ab')
    """
    if _PLAIN.fullmatch(text) and "  " not in text:
        return text.strip(" ")
    spaced = SPACES.sub(" ", text.replace("\x1b", " "))
    return SPACES.sub(" ", "".join(it for it in spaced if it in keep or unicodedata.category(it) not in UNSEEN)).strip(" ")


def cut(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis where it is longer.

    >>> cut("a" * 20, 8), cut("short", 8)
    ('aaaaaaa…', 'short')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def lines(text: str, *, is_styled: bool = False) -> str:
    r"""Text of several lines, whose beginnings and ends stay as they are.

    Args:
        text: with names of others in it.
        is_styled: whether colours stay, for a terminal.

    >>> lines("  12  A\x1b[2J\u202eB\n  13  C\tD\x1b[1m")
    '  12  A [2JB\n  13  C D [1m'
    >>> lines("\x1b[1;31mA\x1b[0m\x1b[8m", is_styled=True)
    '\x1b[1;31mA\x1b[0m [8m'
    """
    if is_styled:
        return "".join(part if STYLED.fullmatch(part) else lines(part) for part in STYLED.split(text))
    return "\n".join(map(_line, text.split("\n")))


def _line(text: str) -> str:
    seen = (" " if it.isspace() or it == "\x1b" else it for it in text)
    return "".join(it for it in seen if unicodedata.category(it) not in UNSEEN)
