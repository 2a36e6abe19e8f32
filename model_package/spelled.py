"""Words spelled out letter by letter, `k i l l` or `k.i.l.l`, are joined; knows no tokens.

Four letters or more that stand apart by the same sign are the evidence; where there is one such
word, shorter ones and what stands beside them are joined too.
"""

import re
import unicodedata

SIGNS = "[\u0b82\u0bbe-\u0bcd\u0bd7]"  # what stands on a Tamil letter
LETTER = f"[^\\W\\d_]{SIGNS}*"
BEFORE, AFTER = f"(?<![^\\W_])(?<!{SIGNS})", f"(?![^\\W_])(?!{SIGNS})"  # no letter there
SPELLED = re.compile(f"{BEFORE}{LETTER}([ .*_|·-])(?:{LETTER}\\1){{2,}}{LETTER}{AFTER}")
WIDE = re.compile(" {2,}")  # parts words whose letters are a space apart


def joined(text: str) -> str:
    """`text` with words joined that are spelled out."""
    for sign in dict.fromkeys(found[1] for found in SPELLED.finditer(text)):
        text = _joined_lines(text) if sign == " " else _joined_words(text, sign)
    return text


def _joined_lines(text: str) -> str:
    lines = (_joined_line(line.strip(" ")) for line in text.split("\n"))
    return "\n".join(lines)


def _joined_line(line: str) -> str:
    """Where some gaps are wider than a space, these are the ones between words."""
    if WIDE.search(line) and SPELLED.search(line):
        return " ".join(_unspelled(word, " ") for word in WIDE.split(line))
    return _unspelled(line, " ")


def _joined_words(text: str, sign: str) -> str:
    return "".join(_unspelled(part, sign) for part in re.split(r"(\s+)", text))


def _unspelled(word: str, sign: str) -> str:
    """`word` less `sign`, if that stands between all its letters; else its parts likewise."""
    letters = clusters(word)
    if len(letters) > 2 and len(letters) % 2 and set(letters[1::2]) == {sign}:
        return "".join(letters[::2])
    return _near(sign).sub(lambda part: part[0].replace(sign, ""), word)


def _near(sign: str) -> re.Pattern[str]:
    """Two letters or more, each apart from the next by `sign`."""
    gap = re.escape(sign)
    return re.compile(f"{BEFORE}{LETTER}{gap}(?:{LETTER}{gap})*{LETTER}{AFTER}")


def clusters(text: str) -> list[str]:
    """Letters, each with the marks that stand on it."""
    letters: list[str] = []
    for character in text:
        if letters and unicodedata.category(character)[0] == "M":
            letters[-1] += character
        else:
            letters.append(character)
    return letters
