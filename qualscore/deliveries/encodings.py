"""The encoding of a text file, from its bytes: UTF-8, UTF-16, and the code pages of Windows, Mac, DOS and of other scripts."""

import codecs
import re
from collections.abc import Sequence

from charset_normalizer import from_bytes

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# The letters beyond ASCII of the languages that a code page was made for. A word is plausible where one language has all of its letters.
WESTERN = (
    *("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíóúüñªº", "áâãàçéêíóôõúü", "àèéìíòóùú", "äåöéü", "æøåéöäü", "áðéíóúýþæö", "äöõüšž", "éëïóöüèê"),
    "áàçéèíïóòúü",
)
CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß", "áéíóúü", "çë")
BALTIC, TURKISH = ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"), ("çğıöşüâîû",)
LATIN = {
    "cp1252": WESTERN,
    "cp1250": CENTRAL,
    "cp1254": TURKISH,
    "cp1257": BALTIC,
    "mac_roman": WESTERN,
    "cp850": WESTERN,
    "cp852": CENTRAL,
}
OTHERS = (
    *("cp1251", "koi8_r", "cp866", "cp1253", "cp1255", "cp1256", "cp874", "cp932", "euc_jp", "gb18030", "big5", "cp949"),
    "johab",
)
SIGNS = frozenset("“”‘’„‚–—…€£¥©®™°·«»¿¡&\u00a0")
# What letters hardly do: þ within a word, ð at its start, õ before another letter than e; a capital within a word or before a digit.
CAPITALS = "À-ÖØ-ÞĄĆĘŁŃŚŹŻČĎĚŇŘŠŤŮŽŐŰŸ"
UNLIKELY = re.compile(
    rf"(?<=[^\W\d_])þ|\bð|õ(?=[^e\W])(?<!.[aeiou]õ)|[a-zß-ÿ][{CAPITALS}]|[^\W\d_][{CAPITALS}](?=[a-zß-ÿ])|[{CAPITALS}](?=[0-9])"
)
SURE = 0.8
LOOKED_AT = 1 << 18
NAMES = {"cp1252": "Windows-1252 (Western Europe)", "cp1250": "Windows-1250 (Central Europe)", "cp1254": "Windows-1254 (Turkish)"}
NAMES |= {"cp1257": "Windows-1257 (Baltic)", "mac_roman": "Mac Roman", "cp1251": "Windows-1251 (Cyrillic)", "cp932": "Shift JIS"}


def marked(head: bytes) -> str | None:
    """The encoding that the first bytes tell: by their mark, or because every second byte of UTF-16 is 0."""
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    pairs = head[: min(len(head), 4096) // 2 * 2]
    low, high = pairs[1::2].count(0), pairs[0::2].count(0)
    if max(low, high) * 3 >= len(pairs) >= 4 and min(low, high) * 20 <= max(low, high):
        return "utf-16-le" if low > high else "utf-16-be"
    return None


def of_bytes(pieces: Sequence[bytes]) -> tuple[str, bool]:
    r"""The encoding of a text without a mark, from pieces of it; and whether it is sure.

    >>> of_bytes([b"plain"]), of_bytes(["Bäckerei Groß".encode("cp1252")]), of_bytes(["Ромашка".encode("cp1251")])
    (('utf-8', True), ('cp1252', True), ('cp1251', True))
    """
    lines = [line for piece in pieces for line in re.split(rb"[\r\n]", piece) if not line.isascii()]
    sample = b"\n".join(lines)[:LOOKED_AT]
    if not sample or _is_utf8(sample):
        return "utf-8", True
    name, share = max(((name, _plausible(sample, name)) for name in LATIN), key=lambda it: it[1])
    if share >= SURE:
        return name, True
    best = from_bytes(sample, cp_isolation=list(OTHERS)).best()
    if best is not None and best.chaos < 0.2:
        # Hebrew and small Cyrillic letters are the same bytes, but Hebrew has no capitals.
        return ("cp1255" if best.encoding == "cp1251" and not re.search(rb"[\xc0-\xdf\xfb-\xff]", sample) else best.encoding), True
    return (name, False) if share > 0 else ("cp1252", False)


def spoken(name: str) -> str:
    """An encoding as people know it."""
    return NAMES.get(name, name.upper().replace("_", "-"))


def _is_utf8(sample: bytes) -> bool:
    """Whether most bytes beyond ASCII are UTF-8: a broken one, or one that is cut, does not make another code page of it."""
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return sum(ord(it) > 127 for it in text) - broken >= broken


def _plausible(sample: bytes, name: str) -> float:
    """The share of the words with letters beyond ASCII that a language of the code page may have."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return 0.0
    words = [word for word in re.split(r"[\s,;|/\t\"()]+", text) if not word.isascii()]
    words = [plain for word in words if not (plain := word.strip("".join(SIGNS) + ".:-'")).isascii()]
    if not words:
        return SURE if all(it.isascii() or it in SIGNS for it in text) else 0.0
    return sum(_is_word(word, LATIN[name]) for word in words) / len(words)


def _is_word(word: str, languages: Sequence[str]) -> bool:
    letters = {it for it in word if ord(it) > 127 and it not in "’–·"}
    if UNLIKELY.search(word) or (len(word) > 2 and all(ord(it) > 127 for it in word)):
        return False
    lower = {it.lower() if it != "İ" else "ı" for it in letters}
    return any(lower <= set(language) for language in languages)
