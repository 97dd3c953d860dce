"""The names of encodings, as people and other programs write them."""

import codecs
from contextlib import suppress


def encoding_name(name: str) -> str:
    """The encoding as Python calls it.

    Raises:
        ValueError: there is none of that name.

    >>> encoding_name("Windows-1250"), encoding_name("x-MacRoman"), encoding_name("UTF8")
    ('cp1250', 'mac-roman', 'utf-8')
    """
    plain = name.lower()
    for known in (plain, plain.removeprefix("x-"), plain.replace("windows-", "cp")):  # as Java calls some
        with suppress(LookupError):
            "a".encode(known)  # what is no encoding of texts, such as hex, is refused here
            return codecs.lookup(known).name
    raise ValueError(f"{name!r} is no encoding; known are utf-8, utf-16, windows-1252, iso-8859-2, shift_jis, ...")
