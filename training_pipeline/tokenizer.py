"""A multilingual byte-level BPE tokenizer from scratch, with a ChatML-like chat template.

Blind to case, and to what stands before a word: memes shout in capitals what corpora say in small
letters, their lines begin where those of corpora go on, and a small model should learn each word
once.
"""

from collections.abc import Iterable
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from model_package.normalise import plain
from model_package.policy import Policy
from model_package.prompt import ANCHOR
from training_pipeline.phrases import add_phrases

START, END, PAD, BREAK = "<|im_start|>", "<|im_end|>", "<|pad|>", "<|endoftext|>"
REGISTER = "<|source_{}|>"  # begins every prompt and stands in no text: attention's notes go there
# Words carry their marks, or Tamil would be cut at every vowel sign; digits stand alone.
WORD, REST = r" ?[\p{L}\p{M}]+", r"|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+|\s+(?!\S)|\s+"
# What stands right before a word as often as a space does; ANCHOR: the beginning of a text.
BEFORE = ANCHOR + '\n#@"“”(-/*.,:!?_>'
SPACED = r"(?=[\p{Latin}\p{Tamil}])"  # the scripts whose words are parted by spaces
POLICY_WEIGHT = 200  # the prompt's own words come in every row: worth a token each
CHAT = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def train_tokenizer(
    texts: Iterable[str], policy: Policy, size: int, phrases: int = 0, marks: int = 0
) -> PreTrainedTokenizerFast:
    """A tokenizer learnt from `texts` and the policy's own words: at most `size` tokens of words
    and their pieces, and at most `phrases` more that reach across words. marks: registers with
    which each prompt begins (Darcet et al., 2024)."""
    learnt = [*_with_policy(texts, policy)]
    special = [PAD, BREAK, END, START, *(REGISTER.format(number) for number in range(marks))]
    tokenizer = _words(learnt, size, special)
    if phrases:
        tokenizer.pre_tokenizer = _pieces(f"(?:{WORD})+")
        tokenizer = add_phrases(tokenizer, learnt, phrases)
    return _wrap(tokenizer, special[3:])


def registers(tokenizer: Any) -> list[int]:
    """The ids of a tokenizer's registers."""
    known, found = tokenizer.get_vocab(), list[int]()
    while (name := REGISTER.format(len(found))) in known:
        found.append(known[name])
    return found


def _words(texts: Iterable[str], size: int, special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = _one_form()
    tokenizer.pre_tokenizer = _pieces(WORD)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        min_frequency=2,
        max_token_length=24,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _one_form() -> Any:
    """Small letters, and a space before each word that a sign or a new line comes before."""
    spaces = (normalizers.Replace(Regex(f"[{one}]{SPACED}"), one + " ") for one in BEFORE)
    return normalizers.Sequence([normalizers.Lowercase(), *spaces])


def _pieces(words: str) -> Any:
    """What no token reaches across: what `words` matches, digits, signs and spaces."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(words + REST), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def _with_policy(texts: Iterable[str], policy: Policy) -> Iterable[str]:
    own = [question.text for question in policy.questions]
    own += [word for question in policy.questions for word in (question.yes, question.no)]
    own += [view.template for view in policy.views] + ["user\n", "assistant\n", "system\n"]
    yield from own * POLICY_WEIGHT
    for text in texts:
        yield plain(text)


def _wrap(tokenizer: Tokenizer, more: list[str]) -> Any:
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        bos_token=BREAK,
        eos_token=END,
        additional_special_tokens=more,
        chat_template="".join(more[1:]) + CHAT,
        clean_up_tokenization_spaces=False,
    )
