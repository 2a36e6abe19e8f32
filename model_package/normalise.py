"""What untrusted text becomes before it is tokenized; in training as in inference.

Undoes what hides words from a reader that goes by characters and not from one with eyes:
characters that are not seen, other alphabets' letters in Latin words, piles of accents, text
that is turned round (turned.py), words spelled out with gaps (spelled.py), digits for letters
(leet.py). Knows nothing of tokens, and removes no word.
"""

import re
import unicodedata

from model_package.leet import lettered
from model_package.spelled import joined
from model_package.turned import upright

HIDDEN_KINDS = {"Cc", "Cf", "Co", "Cs"}  # controls, zero-width and bidirectional marks, private use
# Unseen too, though Unicode counts them as letters, marks or symbols: grapheme joiner, fillers,
# variation selectors, the empty braille cell, what stands for an object or a lost character.
HIDDEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\ufffc\ufffd"
    "\U000e0000-\U000e0fff]"
)

# Marks that may stand on any letter; those of Tamil and other scripts are their letters' own.
MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
FLOOD = re.compile(MARKS + "{3,}")  # no language piles up so many
LOOSE = re.compile(MARKS)  # after composition: marks that no letter of a real alphabet has
ACCENTED = re.compile(f"(?<=[A-Za-z]){MARKS}+")
ACCENTS = 0.6  # of Latin letters: no language that is read here has accents on so many

ALWAYS: dict[int, int | str] = {
    **str.maketrans(
        "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡı´",
        "abcdefghijklmnoprstuvwyzagi'",
    ),
    **str.maketrans("ƀǥħɨɉꝁɍŧʉɏƶⱥȼɇ", "bghijkrtuyzace"),  # struck through
    **str.maketrans("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFMNLSRVHWXYAEIOU"),
}
ALWAYS |= {first + n: chr(65 + n) for first in (0x1F110, 0x1F150, 0x1F170) for n in range(26)}
ALWAYS |= {0x249C + n: chr(97 + n) for n in range(26)}  # bracketed small letters
FLAGS = "[\U0001f1e6-\U0001f1ff]"  # two of these letters are a flag
INDICATOR = re.compile(f"(?<!{FLAGS}){FLAGS}(?!{FLAGS})")

# Letters of other alphabets, and the Latin ones that look the same.
TWINS = str.maketrans(
    "асеорхуіјѕһԁԛԝѵктмнвӏёїАВСЕНІЈКМОРЅТХУԚԜѴӀЁЇ"
    "αονρικτυχεηωγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
    "օոսհցՕՍᎪᎠᎡᎢᎥᎻᎫᏃᎷᎳᏀᏚᏙᏞᏟᏢᏦ",
    "aceopxyijshdqwvktmhbleiABCEHIJKMOPSTXYQWVIEI"
    "aovpiktuxenwyABEZHIKMNOPTYX"
    "onuhgOUADRTiHJZMWGSVLCPK",
)
FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13f5]")
WORD = re.compile(f"[A-Za-z\u00c0-\u024f{FOREIGN.pattern[1:]}+")
LATIN = re.compile("[A-Za-z]")
SHORTEST = 3  # letters of a word that is all twins: a lone alpha may be meant; so may a lone accent


def plain(text: str) -> str:
    """`text` as the model sees it: NFKC, one space for any white space, nothing unseen.

    Look-alikes become Latin letters in Latin words, floods of marks go, and words that are
    spelled out letter by letter are joined. Clean text of our languages comes back as it was
    but for Unicode's own composition and white space (tests/model_package/test_normalise.py).
    """
    text = upright(text).translate(ALWAYS)
    text = _bared(_seen(text)).translate(ALWAYS)  # again: NFKC makes some of them
    text = INDICATOR.sub(lambda one: chr(ord(one[0]) - 0x1F1E6 + 65), text)
    text = joined(_untwinned(text))
    text = lettered(unicodedata.normalize("NFKC", text))
    return " ".join(text.split())


def _seen(text: str) -> str:
    """`text` less all that is not seen; white space stays, each as it is."""
    return HIDDEN.sub("", "".join(c for c in text if c.isspace() or _is_shown(c)))


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in HIDDEN_KINDS


def _bared(text: str) -> str:
    """`text` composed by NFKC, less floods of marks, marks that went into no letter, and accents
    where most letters have one."""
    text = FLOOD.sub("", unicodedata.normalize("NFKD", text))
    if len(ACCENTED.findall(text)) > max(SHORTEST, ACCENTS * len(LATIN.findall(text))):
        text = ACCENTED.sub("", text)
    return LOOSE.sub("", _seen(unicodedata.normalize("NFKC", text)))


def _untwinned(text: str) -> str:
    """Latin twins in words that are Latin otherwise; and in words that are twins throughout,
    if nothing in the text shows that another alphabet is meant."""
    if not FOREIGN.search(text):
        return text
    words = WORD.findall(text)
    if not LATIN.search(text) or any(map(_is_foreign, words)):
        return WORD.sub(lambda found: _twin(found[0], len(text) + 1), text)
    mixed = any(LATIN.search(word) and FOREIGN.search(word) for word in words)
    return WORD.sub(lambda found: _twin(found[0], 1 if mixed else SHORTEST), text)


def _is_foreign(word: str) -> bool:
    return not LATIN.search(word) and any(ord(one) not in TWINS for one in FOREIGN.findall(word))


def _twin(word: str, shortest: int) -> str:
    """shortest: letters of a word of twins alone that is taken for Latin."""
    return word.translate(TWINS) if LATIN.search(word) or len(word) >= shortest else word
