"""Ways to write a text so that people read it as before and a program may not.

Each takes a text and gives it disguised, the same at each call. Knows no models.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import cycle

HIGH = "".join(map(chr, (0x300, 0x301, 0x302, 0x303, 0x308, 0x30A, 0x316, 0x317, 0x324, 0x331)))
TWINS = str.maketrans("aceiopxysABCEHIKMOPTXY", "асеіорхуѕАВСЕНІКМОРТХУ")
LEET = str.maketrans("aeiostAEIOST", "431057431057")
ACUTE = {n: f"{chr(n)}\u0301" for n in (*range(0x41, 0x5B), *range(0x61, 0x7B))}
LISU = str.maketrans("BPDTGKJCZFMNLSRVHWXYAEIOU", "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ")
ON_THEIR_HEADS = str.maketrans("abcdefghijkmnpqrtuvwy.,!?'", "ɐqɔpǝɟƃɥᴉɾʞɯudbɹʇnʌʍʎ˙'¡¿,")
WIDE = {n: n + 0xFEE0 for n in range(0x21, 0x7F)}
BOLD = {65 + n: 0x1D400 + n for n in range(26)} | {97 + n: 0x1D41A + n for n in range(26)}


def _between(*signs: str) -> Callable[[str], str]:
    """Writes one of `signs`, by turns, after each letter and the marks that stand on it."""

    def part(word: str) -> str:
        first, *rest = clusters(word)
        return first + "".join(map("".join, zip(cycle(signs), rest, strict=False)))

    def disguise(text: str) -> str:
        return "".join(word if word.isspace() else part(word) for word in _words(text) if word)

    return disguise


def clusters(text: str) -> list[str]:
    """Letters, each with the marks that stand on it."""
    found: list[str] = []
    for character in text:
        if found and unicodedata.category(character)[0] == "M":
            found[-1] += character
        else:
            found.append(character)
    return found


def _words(text: str) -> list[str]:
    """Words, and the spaces and line breaks between them."""
    return re.split(r"(\s+)", text)


def _zalgo(text: str) -> str:
    return "".join(f"{one}{HIGH}" if one[0].isalpha() else one for one in clusters(text))


def _spaced(text: str) -> str:
    """Letters with a space between them, words with three."""
    return "   ".join(" ".join(clusters(word)) for word in text.split())


def _vertical(text: str) -> str:
    """A letter a line, an empty line between words."""
    return "\n\n".join("\n".join(clusters(word)) for word in text.split())


def _upside_down(text: str) -> str:
    """For who turns the picture; a text without Latin letters stays."""
    turned = text.casefold().translate(ON_THEIR_HEADS)
    return "".join(reversed(clusters(turned))) if re.search("[a-z]", text.casefold()) else text


def _overridden(text: str) -> str:
    """Written backwards, and turned round again for the eye by a right-to-left override."""
    turned = ("".join(reversed(clusters(line))) for line in text.split("\n"))
    return "\n".join(f"\u202e{line}\u202c" for line in turned)


def _marked(text: str) -> str:
    """Bidirectional marks around each word: seen as before, in the same order."""
    return " ".join(f"\u2066\u200e{word}\u2069" for word in text.split(" "))


DISGUISES: dict[str, Callable[[str], str]] = {
    "zero_width": _between("\u200b"),
    "joiners": _between("\u200d"),
    "soft_hyphens": _between("\u00ad"),
    "variation_selectors": _between("\ufe0f"),
    "tag_characters": _between("\U000e0041"),
    "bidi_marks": _marked,
    "bidi_override": _overridden,
    "look_alikes": lambda text: text.translate(TWINS),
    "fullwidth": lambda text: text.translate(WIDE),
    "bold_alphabet": lambda text: text.translate(BOLD),
    "leetspeak": lambda text: text.translate(LEET),
    "zalgo": _zalgo,
    "strike_through": _between("\u0336"),
    "spaced_letters": _spaced,
    "dotted_letters": _between("."),
    "slashed_letters": _between("/"),
    "letters_with_emoji": _between("\U0001f600", "\u2764\ufe0f"),
    "vertical": _vertical,
    "upside_down": _upside_down,
    "accents": lambda text: text.translate(ACUTE),
    "lisu": lambda text: text.upper().translate(LISU),
}
