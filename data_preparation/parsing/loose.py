"""Reads JSON as models write it: any quotes, stray commas, Python literals, prose around, cut off.

Never raises, and every string it gives stands in the text, escapes aside. Knows nothing of what
the values mean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

DEPTH = 12  # of nesting; deeper text is no data
LONGEST = 200_000  # characters looked at
CLOSERS = {'"': '"', "'": "'", "“": "”“", "”": "”", "‘": "’‘", "’": "’", "「": "」"}
QUOTES = "".join(CLOSERS)
KEY = rf"[{QUOTES}][^{QUOTES}:：\n]{{1,40}}[{QUOTES}」]\s*[:：]"
# A quote ends a value only where the data goes on after it; others belong to the words.
NEXT = rf"$|[{QUOTES}\[\]{{}}\d#]|[a-zA-Z]+\s*[,\]}}:]"
AFTER_VALUE = rf"(?=\s*(?:[\]}}]|$|[,，]\s*(?:{NEXT})|[,，]?\s*{KEY}))"
AFTER_KEY = r"(?=\s*[:：])"
BARE_KEY = re.compile(r"[^\W\d][\w ]{0,30}(?=\s*[:：])")
BARE = re.compile(r"[^,\]}\n]*")
GAP = re.compile(r"(?:[\s,，]|//[^\n]*|#[^\n]*)*")
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class Words:
    """A string. quoted: it stood in quotes. whole: its end was seen."""

    text: str
    quoted: bool = True
    whole: bool = True


@dataclass
class Table:
    """An object, or an array where keys are empty. fault: `cut`, `malformed` or nothing."""

    pairs: list[tuple[str, "Value"]] = field(default_factory=list)
    fault: str = ""
    raw: str = ""
    is_list: bool = False


Value = Words | Table


def read_tables(text: str) -> Iterator[Table]:
    """Every object or array that holds anything, in order, the outermost of each nest."""
    reader = _Reader(text[:LONGEST])
    for opening in iter(reader.find_opening, -1):
        table = reader.table(0)
        if holds_words(table):
            yield table
        else:
            reader.at = opening + 1


def holds_words(value: Value) -> bool:
    """Whether any quoted string or named value is inside."""
    if isinstance(value, Words):
        return value.quoted
    return any(key or holds_words(one) for key, one in value.pairs)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def find_opening(self) -> int:
        """Go to the next bracket that may open data; -1 at the end."""
        found = re.compile(r"[\[{]").search(self.text, self.at)
        self.at = found.start() if found else len(self.text)
        return found.start() if found else -1

    def table(self, depth: int) -> Table:
        start = self.at
        table = Table(is_list=self.text[start] == "[")
        self.at += 1
        while not table.fault and not self._closes():
            if self.at >= len(self.text):
                table.fault = "cut"
            else:
                self._member(table, depth)
        table.raw = self.text[start : self.at]
        return table

    def _closes(self) -> bool:
        """Pass over what separates members, and over the closing bracket, whichever it is."""
        self.at = _end(GAP, self.text, self.at)
        if self.text[self.at : self.at + 1] in ("]", "}"):
            self.at += 1
            return True
        return False

    def _member(self, table: Table, depth: int) -> None:
        key = "" if table.is_list else self._key()
        if key is None or depth >= DEPTH:
            table.fault = "malformed" if self.at < len(self.text) else "cut"
            return
        value = self._value(depth)
        table.pairs.append((key, value))
        if isinstance(value, Words) and not value.whole:
            table.fault = "cut"
        elif isinstance(value, Table) and value.fault and not self._recover(table):
            table.fault = value.fault

    def _recover(self, table: Table) -> bool:
        """In an array, go on with the next object after a bad one."""
        following = self.text.find("{", self.at)
        if following < 0 or not table.is_list:
            return False
        self.at = following
        return True

    def _key(self) -> str | None:
        character = self.text[self.at]
        if character in CLOSERS:
            words = self._string(AFTER_KEY)
            self.at = _end(re.compile(r"\s*[:：]?\s*"), self.text, self.at)
            return words.text if words.whole and len(words.text) <= 60 else None
        found = BARE_KEY.match(self.text, self.at)
        if not found:
            return None
        self.at = _end(re.compile(r"\s*[:：]\s*"), self.text, found.end())
        return found[0]

    def _value(self, depth: int) -> Value:
        character = self.text[self.at : self.at + 1]
        if character in ("{", "["):
            return self.table(depth + 1)
        if character and character in CLOSERS:
            return self._string(AFTER_VALUE)
        found = BARE.match(self.text, self.at)
        assert found is not None
        self.at = max(found.end(), self.at + 1)
        return Words(found[0].strip(), quoted=False, whole=self.at < len(self.text))

    def _string(self, after: str) -> Words:
        closers = CLOSERS[self.text[self.at]]
        pattern = re.compile(rf"((?:\\.|[^\\])*?)[{closers}]{after}", re.DOTALL)
        found = pattern.match(self.text, self.at + 1)
        start, end = self.at + 1, found.end(1) if found else len(self.text)
        self.at = found.end() if found else end
        return Words(unescape(self.text[start:end]), whole=found is not None)


def unescape(text: str) -> str:
    """`text` with JSON's and Python's escapes resolved; half of a surrogate pair is left out."""
    plain = ESCAPE.sub(_escaped, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _escaped(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    return PLAIN.get(code, code)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
