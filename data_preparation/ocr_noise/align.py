"""Pairs what a meme says with what was read of it, character by character; knows no pictures."""

from collections.abc import Sequence

Pair = tuple[str, str]  # a character, and what was read for it: either is empty where there is none

STEP = 4  # costs of the edit distance: a character too many, or too few
OTHER = 6  # another character: dear, lest a line that was lost is paired with the next one
BREAK = 1  # a space for a line break, or a line break for a space
NEVER = 9  # a letter for a space: dearer than one too few and one too many


def align(truth: str, read: str) -> list[Pair]:
    """The cheapest way to turn `truth` into `read`: pairs in order, that spell out both."""
    if truth == read:
        return list(zip(truth, read, strict=True))
    costs = _costs(truth, read)
    pairs: list[Pair] = []
    i, j = len(truth), len(read)
    while i or j:
        here = costs[i][j]
        if i and j and here == costs[i - 1][j - 1] + _price(truth[i - 1], read[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], read[j]))
        elif i and here == costs[i - 1][j] + STEP:
            i -= 1
            pairs.append((truth[i], ""))
        else:
            j -= 1
            pairs.append(("", read[j]))
    return pairs[::-1]


def cut(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """`pairs` line by line of the truth; the pair of a line break ends its line."""
    lines: list[list[Pair]] = [[]]
    for pair in pairs:
        lines[-1].append(pair)
        if pair[0] == "\n":
            lines.append([])
    return lines


def kept(pairs: Sequence[Pair]) -> int:
    """How many characters, spaces aside, came back as they are."""
    return sum(first == second and not first.isspace() for first, second in pairs)


def set_apart(truth: str, read: str) -> tuple[list[Pair], list[str]]:
    """The pairs without the lines of `read` that hold nothing of `truth`; and these lines."""
    pairs = align(truth, read)
    lines: list[list[Pair]] = [[]]
    for pair in pairs:
        if pair[1] == "\n":
            lines.append([])
        else:
            lines[-1].append(pair)
    texts = ["".join(found for _, found in line) for line in lines]
    strays = [text for text, line in zip(texts, lines, strict=True) if text and not kept(line)]
    left = [text for text, line in zip(texts, lines, strict=True) if kept(line)]
    return align(truth, "\n".join(left)) if strays else pairs, strays


def _costs(truth: str, read: str) -> list[list[int]]:
    """The cost of each beginning of `truth` against each beginning of `read`."""
    rows = [[STEP * j for j in range(len(read) + 1)]]
    for i, wanted in enumerate(truth, 1):
        above, row = rows[-1], [STEP * i]
        for j, found in enumerate(read, 1):
            other = above[j - 1] + _price(wanted, found)
            row.append(min(other, above[j] + STEP, row[-1] + STEP))
        rows.append(row)
    return rows


def _price(wanted: str, found: str) -> int:
    if wanted == found:
        return 0
    if wanted.isspace() and found.isspace():
        return BREAK
    return NEVER if wanted.isspace() or found.isspace() else OTHER
