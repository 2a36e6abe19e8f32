"""Makes the table of OCR noise of what became of many memes; draws and reads none itself."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from data_preparation.drawing.fonts import FONTS, script
from data_preparation.ocr_noise.align import Pair, kept
from data_preparation.ocr_noise.compare import Readback, added, is_letter, length, moved, watermarks
from data_preparation.ocr_noise.table import PLACES, Language, Letter, Script, Table

SEEN, COMMON, TOP = 12, 6, 40  # least sightings of a letter; misreadings kept of it; of a script
STRAYS = 30  # readings of the watermark kept


def make_table(memes: Sequence[Readback]) -> Table:
    """The table of what `memes` show."""
    names = dict.fromkeys(meme.language for meme in memes)
    pairs = [pair for meme in memes for line in meme.lines for pair in line if is_letter(pair)]
    lost = sum(len(meme.lost) for meme in memes)
    strays = Counter(stray for meme in memes for stray in watermarks(meme))
    return Table(
        memes=len(memes),
        characters=len(pairs) + sum(len("".join(text.split())) for m in memes for text in m.lost),
        lines=lost + sum(len(meme.lines) for meme in memes),
        moved=sum(map(moved, memes)),
        strays=tuple(_top(strays, STRAYS)),
        languages=tuple(_language(n, [m for m in memes if m.language == n]) for n in names),
        scripts=tuple(_script(name, pairs, memes) for name in FONTS),
        letters=tuple(_letters(pairs)),
    )


def _language(name: str, memes: Sequence[Readback]) -> Language:
    pairs = [[pair for line in meme.lines for pair in line] for meme in memes]
    return Language(
        name=name,
        characters=sum(map(length, pairs)),
        wrong=tuple(_share(length(p) - kept(p), length(p)) for p in pairs),
        inserted=tuple(
            _share(sum(not f and not s.isspace() for f, s in p), length(p)) for p in pairs
        ),
        lost=tuple(_share(len(m.lost), len(m.lost) + len(m.lines)) for m in memes),
        strays=tuple(len(watermarks(m)) for m in memes),
        unspaced=tuple(_share(p.count((" ", "")), sum(f == " " for f, _ in p)) for p in pairs),
        spaced=tuple(_share(sum(not f and s.isspace() for f, s in p), length(p)) for p in pairs),
        joined=tuple(_share(m.joined, m.breaks) for m in memes),
        width=tuple(m.width for m in memes),
    )


def _script(name: str, pairs: Sequence[Pair], memes: Sequence[Readback]) -> Script:
    mine = [pair for pair in pairs if script(pair[0]) == name]
    wrong = Counter(second for first, second in mine if first != second)
    extra = Counter(one for m in memes for line in m.lines for one in added(line))
    by_place = [
        Counter({c: n for (s, p, c), n in extra.items() if (s, p) == (name, place)})
        for place in PLACES
    ]
    top = [_top(counts, COMMON * 2) for counts in by_place]
    read = _top(wrong, TOP)
    return Script(
        name=name,
        seen=len(mine),
        wrong=wrong.total(),
        burst=_burst(name, memes),
        read=tuple(read),
        counts=tuple(read.values()),
        places=tuple(counts.total() for counts in by_place),
        added=tuple(map(tuple, top)),
        added_counts=tuple(tuple(one.values()) for one in top),
    )


def _letters(pairs: Iterable[Pair]) -> Iterator[Letter]:
    """Each character that was seen often enough, by its code point."""
    read: dict[str, Counter[str]] = {}
    for first, second in pairs:
        read.setdefault(first, Counter())[second] += 1
    for first, counts in sorted(read.items()):
        right, seen = counts.pop(first, 0), counts.total()
        if right + seen >= SEEN:
            top = _top(counts, COMMON)
            yield Letter(first, right + seen, seen, tuple(top), tuple(top.values()))


def _burst(name: str, memes: Sequence[Readback]) -> float:
    """Correlation of neighbours' errors, each against its own meme's rate; second of `name`."""
    together = spread = 0.0
    for meme in memes:
        lines = [[pair for pair in line if is_letter(pair)] for line in meme.lines]
        wrong = [first != second for line in lines for first, second in line]
        rate = sum(wrong) / max(1, len(wrong))
        for line in lines:
            for (a, b), (c, d) in pairwise(line):
                if script(c) == name:
                    together += ((a != b) - rate) * ((c != d) - rate)
                    spread += rate * (1 - rate)
    return round(min(0.95, max(0.0, together / spread)), 3) if spread else 0.0


def _top(counts: Counter[str], most: int) -> dict[str, int]:
    """The commonest, ties by their text, so that the same memes give the same table."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most])


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0
