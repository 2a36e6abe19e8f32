"""Letters that are written as digits and signs, `h4te` or `$tupid`, become letters again.

Only within words of Latin letters: numbers, units and names such as 5kg, 2nd, MH370, H1N1 or
kata2 stay. A word that can hardly be anything else is the evidence; where there is one, other
words of letters and digits are read likewise. Knows no tokens and no list of words.
"""

import re

DIGITS = str.maketrans("0134579", "oieastg")
WORD = re.compile(r"(?<![A-Za-z0-9@#/_])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{2,}(?![A-Za-z0-9/_])")
CASE = re.compile(r"[0-9]*[A-Za-z]?[0-9a-z]*|[0-9A-Z]*")  # of a word; another is a code
FOR = re.compile("[A-Za-z]{3}4[A-Za-z]{2}")  # march4marriage
INSIDE = re.compile(r"[A-Za-z][0134579]{1,2}[A-Za-z]")
RUN = re.compile("[0-9]+")
AMID = re.compile(f"{INSIDE.pattern}|[0134579][A-Za-z]+[0134579]")
STRANGE = re.compile(r"[268]")  # digits that stand for no letter here
# A number with its unit or ending, or a name with its number; and, of these, what is no word
# even where most of a text is written so.
MEANT = re.compile(r"[0-9]+[A-Za-z]{1,3}|[A-Za-z]+[0-9]+")
UNIT = re.compile(
    r"[0-9]+(?:st|nd|rd|th|am|pm|[kKmMgG]?[gmbBwWlLvV]|k|x|[hH]z|[cm]m|hrs?|mins?|jam)"
)
LEAST = 3  # letters of a word that is evidence

# Whole words that are digits alone, where most of a text is written so.
ALONE = {"1": "i", "4": "a", "15": "is", "17": "it", "47": "at", "45": "as", "50": "so", "70": "to"}
NUMBER = re.compile(r"(?<![\w.,:/%$-])[0-9]{1,2}(?![\w%:/-]|[.,][0-9])")
MANY = 3  # words of letters and digits, from which on most of a text is written so

SIGNED = (
    (re.compile(r"(?<=[A-Za-z])\$\$"), "ss"),
    (re.compile(r"\$(?=[a-z]{3})|(?<=[a-z])\$(?![0-9])"), "s"),
    # After consonants, in short words of one case: others are addresses, or run into the name of
    # an account.
    (re.compile(r"\b([b-df-hj-np-tv-z]{1,3})@(?=[a-z]{1,6}(?![\w.-]))"), r"\1a"),
    (re.compile(r"\b(?!RT)([B-DF-HJ-NP-TV-Z]{1,3})@(?=[A-Z]{1,6}(?![\w.-]))"), r"\1A"),
    (re.compile(r"(?<!\w)@(?=ss(?:es|holes?)?\b)"), "a"),
    # Between consonants, as in sh!t: after a vowel it ends a cry, `Oi!you`.
    (re.compile(r"(?<![A-Za-z])([b-df-hj-np-tv-xz]{1,2})!(?=[a-z])"), r"\1i"),
    (re.compile(r"(?<![A-Za-z])([B-DF-HJ-NP-TV-XZ]{1,2})!(?=[A-Z]+\b)"), r"\1I"),
)


def lettered(text: str) -> str:
    """`text` with letters for the digits and signs that stand for them."""
    for pattern, letter in SIGNED if re.search(r"[$@!]", text) else ():
        text = pattern.sub(letter, text)
    mixed = [word for word in WORD.findall(text) if RUN.search(word) and not UNIT.fullmatch(word)]
    if not any(map(_is_evidence, mixed)) and not _is_most(text, mixed):
        return text
    meant = UNIT if len(mixed) >= MANY else MEANT
    whole = WORD.sub(lambda found: _read(found[0], meant), text)
    if not _has_numbers_for_words(text, mixed):
        return whole
    return NUMBER.sub(lambda found: ALONE.get(found[0], found[0]), whole)


def _has_numbers_for_words(text: str, mixed: list[str]) -> bool:
    """Whether words of small letters and digits, and half of lone numbers, are half a text."""
    small = sum(word.islower() for word in mixed)
    alone = sum(number in ALONE for number in NUMBER.findall(text))
    return len(mixed) >= MANY and 2 * small + alone >= len(text.split())


def _is_most(text: str, mixed: list[str]) -> bool:
    """Whether words of small letters and digits are most of `text`, and not names with numbers."""
    small = [one for one in mixed if one.islower() and not (STRANGE.search(one) or FOR.search(one))]
    share = len(small) >= MANY and 2 * len(small) > len(text.split())
    return share and sum(AMID.search(word) is not None for word in small) >= 2


def _is_evidence(word: str) -> bool:
    """A digit between letters that are more than the digits, or digits in several places."""
    if not (INSIDE.search(word) and CASE.fullmatch(word)) or STRANGE.search(word):
        return False
    letters = sum(character.isalpha() for character in word)
    several = letters * 2 > len(word) or len(RUN.findall(word)) > 1
    return letters >= LEAST and several and not FOR.search(word)


def _read(word: str, meant: re.Pattern[str]) -> str:
    """meant: such words stay as they are."""
    if STRANGE.search(word) or meant.fullmatch(word) or FOR.search(word):
        return word
    letters = word.replace("11", "ll").translate(DIGITS)
    return letters.upper() if word.isupper() else letters
