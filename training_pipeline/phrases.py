"""Phrases as tokens: a byte-level BPE tokenizer goes on merging, across words.

Its own tokens become letters of a second BPE, which learns which of them stand together (Liu et
al., 2025, "SuperBPE"); what that finds is added behind the merges that there are. And the parts
of each token, for models that know a word by its pieces too. Knows no labels.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

FIRST = 0xF0000  # of the private characters that stand for tokens
LONGEST = 4  # tokens that make one phrase
RARE = 4  # phrases that are seen less often are none
PIECE = 0.4  # weight of a piece of a word in Latin script: syllables mean less than characters
WORD = re.compile("Ġ?[a-z]+")  # such a word, as byte-level BPE writes it

Merge = tuple[str, str]


def add_phrases(tokenizer: Tokenizer, texts: Sequence[str], number: int) -> Tokenizer:
    """The tokenizer with up to `number` more tokens, each of some that `texts` often hold in a
    row. It must take words that only spaces part as one piece."""
    letters = _letters(tokenizer)
    lines = (_line(one.ids, letters) for one in tokenizer.encode_batch(texts))
    merges = _learn(lines, sorted(set(letters.values())), number)
    names = {letter: str(tokenizer.id_to_token(token)) for token, letter in letters.items()}
    whole = json.loads(tokenizer.to_str())
    vocabulary, known = whole["model"]["vocab"], whole["model"]["merges"]
    for left, right in merges:
        pair = ["".join(names[letter] for letter in side) for side in (left, right)]
        known.append(pair)
        vocabulary.setdefault("".join(pair), len(vocabulary))
    return Tokenizer.from_str(json.dumps(whole))


def parts(tokenizer: Any) -> csr_matrix:
    """(tokens, tokens): which tokens each was merged from, step by step, and itself, weighed.

    tokenizer: a fast one of transformers, of the BPE kind; of another kind, each is itself alone.
    """
    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    ids, halves = model["vocab"], dict[int, Merge]()
    for left, right in model.get("merges", ()):
        halves.setdefault(ids[left + right], (ids[left], ids[right]))
    names = {token: name for name, token in ids.items()}
    known = {
        (token, one): weight
        for token in range(len(tokenizer))
        for one, weight in sorted(_below(token, halves, names, 1.0), key=itemgetter(1))
    }  # of what is reached twice, the larger weight
    places = np.array(list(known)).T
    return csr_matrix((list(known.values()), tuple(places)), (len(tokenizer),) * 2)


def _below(
    token: int, halves: dict[int, Any], names: dict[int, str], weight: float
) -> Iterator[tuple[int, float]]:
    yield token, weight
    within = PIECE if WORD.fullmatch(names.get(token, "")) else weight
    for half in halves.get(token, ()):
        yield from _below(half, halves, names, within)


def _letters(tokenizer: Tokenizer) -> dict[int, str]:
    """A private character for each token that is made of letters."""
    words = ((token, tokenizer.decode([token]).strip()) for token in _tokens(tokenizer))
    return {token: chr(FIRST + token) for token, word in words if _is_word(word)}


def _tokens(tokenizer: Tokenizer) -> range:
    return range(tokenizer.get_vocab_size())


def _is_word(text: str) -> bool:
    return bool(text) and all(unicodedata.category(one)[0] in "LM" for one in text)


def _line(ids: Iterable[int], letters: dict[int, str]) -> str:
    return "".join(letters.get(token, " ") for token in ids)


def _learn(lines: Iterable[str], letters: list[str], number: int) -> list[Merge]:
    second = Tokenizer(models.BPE())
    second.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=len(letters) + number,
        initial_alphabet=letters,
        limit_alphabet=len(letters),
        min_frequency=RARE,
        max_token_length=LONGEST,
        show_progress=False,
    )
    second.train_from_iterator(lines, trainer)
    return [tuple(pair) for pair in json.loads(second.to_str())["model"]["merges"]]
