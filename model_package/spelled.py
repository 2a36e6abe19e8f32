"""Words spelled out letter by letter, `k i l l` or `k.i/l*l`, are joined; knows no tokens.

Four letters or more that stand apart, each by one sign, all by a space or each on a line of its
own, are the evidence; where there is one such word, shorter ones and what stands beside them are
joined too.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator

SIGNS = "\u0b82\u0bbe-\u0bcd\u0bd7"  # what stands on a Tamil letter
LETTER = f"[^\\W\\d_][{SIGNS}]*"
MARK = f"(?:[^\\w\\s、{SIGNS}]|_)"  # 、 parts what Chinese lists
BEFORE, AFTER = f"(?<![^\\W_])(?<![{SIGNS}])", f"(?![^\\W_])(?![{SIGNS}])"  # no letter there
APART = "|".join(f"(?:{gap}{LETTER}){{3,}}" for gap in (MARK, " "))
START, END = r"(?<![^\n])", r"(?![^\n])"  # of a line
SPELLED = re.compile(f"{BEFORE}{LETTER}(?:{APART}){AFTER}|{START}{LETTER}(?:\n{LETTER}){{3,}}{END}")
A_LINE_EACH = re.compile(f"{START}\\S[{SIGNS}]*(?:\n\\S[{SIGNS}]*)+{END}")
WIDE = re.compile(" {2,}")  # parts words whose letters are a space apart
FEW = 2  # different Tamil letters of a word that is said again and again, and not spelled out
# Tamil words of one letter, all of whose vowels are long: come, go, you, fire
WORDS = re.compile(
    "(?:[\u0b86\u0b88\u0b8a\u0b8f\u0b90\u0b93\u0b94]|.[\u0bbe\u0bc0\u0bc2\u0bc7\u0bc8\u0bcb\u0bcc])+"
)


def joined(text: str) -> str:
    """`text` with words joined that are spelled out."""
    gaps = {gap for word in SPELLED.findall(text) for gap in _gaps(word)}
    if "\n" in gaps:
        text = A_LINE_EACH.sub(lambda word: _across(word[0].split("\n")), text)
    if signs := gaps - {"\n", " "}:
        text = "".join(_unspelled(part, signs) for part in re.split(r"(\s+)", text))
    if " " in gaps:
        text = "\n".join(_joined_line(line.strip(" ")) for line in text.split("\n"))
    return text


def _gaps(word: str) -> Iterator[str]:
    """What stands between the letters of `word`; nothing where it is not spelled out."""
    letters = re.findall(LETTER, word)
    gaps = re.sub(LETTER, "", word)
    tamil = any("\u0b80" <= one[0] <= "\u0bff" for one in letters)
    words = set(gaps) <= {" ", "\n"} and WORDS.fullmatch("".join(letters))
    said = tamil and (len(set(letters)) <= FEW or words)
    if not said and not any(unicodedata.category(gap)[0] == "M" for gap in gaps):
        yield from gaps


def _across(lines: list[str]) -> str:
    return ("\n" if _is_number(lines) else "").join(lines)


def _joined_line(line: str) -> str:
    """Where some gaps are wider than a space, these are the ones between words."""
    if WIDE.search(line) and SPELLED.search(line):
        return " ".join(_unspelled(word, " ") for word in WIDE.split(line))
    return _unspelled(line, " ")


def _unspelled(word: str, signs: Collection[str]) -> str:
    """`word` less `signs`, if these stand between all its letters; else its parts likewise."""
    letters = clusters(word)
    apart = len(letters) > 2 and len(letters) % 2 and set(letters[1::2]) <= set(signs)
    if apart and not _is_number(letters[::2]):
        return "".join(letters[::2])
    gaps = "|".join(map(re.escape, signs))
    near = f"{BEFORE}{LETTER}(?:(?:{gaps}){LETTER})+{AFTER}"
    return re.sub(near, lambda part: re.sub(gaps, "", part[0]), word)


def _is_number(letters: Collection[str]) -> bool:
    """Whether digits are at least half of them: `1/2`, and not a spelled word with one in it."""
    return 2 * sum(one.isdigit() for one in letters) >= len(letters)


def clusters(text: str) -> list[str]:
    """Letters, each with the marks that stand on it."""
    letters: list[str] = []
    for character in text:
        if letters and unicodedata.category(character)[0] == "M":
            letters[-1] += character
        else:
            letters.append(character)
    return letters
