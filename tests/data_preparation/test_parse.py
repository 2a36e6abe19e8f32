"""What models really return, and what is made of it."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_preparation.parse import Item, parse
from data_preparation.parsing.loose import unescape

ONE = Item("a cat on a sofa", "Monday again")
TWO = Item("a man at a bus stop", 'He said "later", then left')


def items(reply: str, finish: str = "stop") -> list[Item]:
    """Kept items."""
    return list(parse(reply, finish).items)


def reasons(reply: str, finish: str = "stop") -> list[str]:
    """Why items were rejected."""
    return [reject.reason for reject in parse(reply, finish).rejects]


def as_json(*memes: Item) -> str:
    """The form that the prompt asks for."""
    return json.dumps([{"picture": one.picture, "text": one.text} for one in memes])


@pytest.mark.parametrize(
    "reply",
    [
        as_json(ONE, TWO),
        f"Sure! Here you go:\n```json\n{as_json(ONE, TWO)}\n```\nHope this helps [smile].",
        json.dumps({"memes": json.loads(as_json(ONE, TWO))}, indent=2),
        json.dumps({"1": json.loads(as_json(ONE))[0], "2": json.loads(as_json(TWO))[0]}),
        "\n".join(json.dumps(one) for one in json.loads(as_json(ONE, TWO))),
        str(json.loads(as_json(ONE, TWO))),
        as_json(ONE, TWO).replace("}", ",}").replace("]", ",]"),
        '[{"Picture": "a cat on a sofa", "Text": "Monday again"} '
        '{"Picture": "a man at a bus stop", "Text": "He said "later", then left"}]',
        "[{“picture”: “a cat on a sofa”, “text”: “Monday again”},"
        ' {“picture”: “a man at a bus stop”, “text”: “He said \\"later\\", then left”}]',
        '{"picture": "a cat on a sofa", "text": "Monday again", '
        '"picture": "a man at a bus stop", "text": "He said \\"later\\", then left"}',
        "[['a cat on a sofa', 'Monday again'],"
        " ['a man at a bus stop', 'He said \"later\", then left', 1]]",
        "{picture: 'a cat on a sofa', text: 'Monday again'}\n"
        "{picture: 'a man at a bus stop', text: 'He said \"later\", then left'}",
        "1. Picture: a cat on a sofa\n   Text: Monday again\n\n"
        '2. Picture: a man at a bus stop\n   Text: He said "later", then left\n',
        "**Meme 1:**\n- **Image description:** a cat on a sofa\n- **Text:** Monday again\n"
        "**Meme 2:**\n- **Image description:** a man at a bus stop\n"
        '- **Text:** He said "later", then left',
        "Picture: a cat on a sofa\nText: Monday again\n"
        'Picture: a man at a bus stop\nText: He said "later", then left',
        "1) Picture: a cat on a sofa | Text: Monday again\n"
        '2) Picture: a man at a bus stop. Text: He said "later", then left',
        '1. "Image": a cat on a sofa; "Caption": Monday again\n'
        '2. "Image": a man at a bus stop; "Caption": He said "later", then left',
    ],
)
def test_two_memes_in_any_form(reply: str) -> None:
    parsed = parse(reply)
    assert (list(parsed.items), parsed.rejects) == ([ONE, TWO], ())


@pytest.mark.parametrize(
    "reply",
    [
        "1. **Image:** a cat **Text:** hi\n2. **Image:** a dog **Text:** yo",
        "memes = [\n  {'picture': 'a cat', 'text': 'hi'},  # first\n"
        "  {'picture': 'a dog', 'text': 'yo'}  # second\n]",
        "[{“picture”：“a cat”，“text”：“hi”}，{“picture”：“a dog”，“text”：“yo”}]",
        json.dumps('[{"picture": "a cat", "text": "hi"}, {"picture": "a dog", "text": "yo"}]'),
        '{"picture": ["a cat", "a dog"], "text": ["hi", "yo"]}',
        '<think>Some {"picture": "x"}?</think>{"meme1": {"image": "a cat", "text": "hi"},'
        ' "meme2": {"image": "a dog", "text": "yo"}}',
        "- picture: a cat\n  text: hi\n- picture: a dog\n  text: yo",
        '### Meme 1\n**Picture:**\na cat\n\n**Text:**\n"hi"\n\n### Meme 2\n**Picture:** a dog\n'
        "**Text:** yo\n\nNote: these are synthetic.",
    ],
)
def test_rarer_forms(reply: str) -> None:
    parsed = parse(reply)
    assert (list(parsed.items), parsed.rejects) == ([Item("a cat", "hi"), Item("a dog", "yo")], ())


@pytest.mark.parametrize(
    "after",
    [
        "### Meme 2",
        "**Meme 2**",
        "Example 2",
        "Meme #2",
        "---",
        "* * *",
        "Label: harmful",
        "**Category:** race",
        "Explanation: it mocks cats\nNote: not real\nTone: dry",
        "(Note: these are made up)",
        "类别：种族\n说明：嘲笑猫",
        "Kategori: kaum",
        "விளக்கம்: பூனை",
    ],
)
def test_what_is_said_about_a_meme_is_none_of_its_words(after: str) -> None:
    reply = f"Picture: a cat\nText: hi\n{after}\nPicture: a dog\nText: yo\n{after}"
    parsed = parse(reply)
    assert (list(parsed.items), parsed.rejects) == ([Item("a cat", "hi"), Item("a dog", "yo")], ())
    inline = "1. Picture: a cat | Text: hi | Label: 1\n2. Picture: a dog **Text:** yo **Label:** 0"
    assert items(inline) == [Item("a cat", "hi"), Item("a dog", "yo")]


@pytest.mark.parametrize(
    "remark",
    [
        "Let me know if you need more!",
        "I hope these examples help.",
        "*These memes are for training only.*",
        "Would you like me to write more?",
        "如果您需要更多，请告诉我。",
        "Beritahu saya jika anda perlukan lagi.",
        "மேலும் தேவைப்பட்டால் சொல்லுங்கள்.",
    ],
)
def test_a_closing_remark_is_no_part_of_the_last_meme(remark: str) -> None:
    assert items(f"1. Picture: a cat\nText: hi\nyou\n{remark}") == [Item("a cat", "hi\nyou")]


def test_what_only_looks_like_a_remark_stays_in_the_words() -> None:
    for line in ("Let me know when you wake up", "Note to self: sleep", "- me", "Reason: my cat"):
        assert items(f"Picture: a cat\nText: hi\n{line}") == [Item("a cat", f"hi\n{line}")]


@pytest.mark.parametrize(
    "thought",
    ["Picture: x\nText: y</think>", "<think>a<think>b</think>Picture: x\nText: y</think>"],
)
def test_a_thought_ends_where_the_last_one_ends(thought: str) -> None:
    assert items(f"{thought}Picture: a cat\nText: hi") == [Item("a cat", "hi")]


def test_a_thought_without_an_end_holds_no_memes() -> None:
    thought = '<think>I am sorry... {"picture": "a cat", "text": "hi"}'
    assert (items(thought), reasons(thought)) == ([], ["empty"])
    assert (items(thought, "length"), reasons(thought, "length")) == ([], ["cut"])
    assert items(f"{as_json(ONE)}{thought}") == [ONE]


def test_each_line_in_quotes_loses_them() -> None:
    assert items('Picture: a dog\nText: "TOP"\n"BOTTOM"') == [Item("a dog", "TOP\nBOTTOM")]


def test_other_languages_names_are_known() -> None:
    assert items("1. 画面：一个男人在等车\n   文字：又迟到了") == [
        Item("一个男人在等车", "又迟到了")
    ]
    assert items("Gambar: seekor kucing\nTeks: Isnin lagi") == [Item("seekor kucing", "Isnin lagi")]
    assert items("படம்: ஒரு பூனை\nஉரை: மீண்டும் திங்கள்") == [Item("ஒரு பூனை", "மீண்டும் திங்கள்")]


def test_apostrophes_and_line_breaks_stay_in_the_words() -> None:
    reply = "[{'picture': 'a dog', 'text': 'It's Monday,\\nisn't it'}]"
    assert items(reply) == [Item("a dog", "It's Monday,\nisn't it")]
    assert items("Picture: a dog\nText: top line\nbottom line") == [
        Item("a dog", "top line\nbottom line")
    ]


def test_lines_of_a_meme_are_joined() -> None:
    assert items('{"picture": "a dog", "top text": "TOP", "bottom text": "BOTTOM"}') == [
        Item("a dog", "TOP\nBOTTOM")
    ]
    assert items('{"picture": "a dog", "text": ["TOP", "BOTTOM"]}') == [
        Item("a dog", "TOP\nBOTTOM")
    ]


@pytest.mark.parametrize("end", range(10, 120, 7))
def test_half_a_reply_keeps_its_whole_items(end: int) -> None:
    half = as_json(ONE, TWO)[:end]
    kept = [ONE] if half.startswith(as_json(ONE)[:-1]) else []
    is_cut = half.count('"picture": "') > len(kept) or not kept
    assert (items(half, "length"), reasons(half, "length")) == (kept, ["cut"] * is_cut)


def test_the_last_item_of_a_cut_list_is_not_trusted() -> None:
    reply = "1. Picture: a cat on a sofa\nText: Monday again\n2. Picture: a dog\nText: I am so"
    assert (items(reply, "length"), reasons(reply, "length")) == ([ONE], ["cut"])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ('{"picture": "a dog"}', "no text"),
        ('{"text": "a dog"}', "no picture"),
        ('{"picture": "a dog", "text": ""}', "no text"),
        ('{"picture": "a dog", "text": 7}', "no text"),
        ('{"picture": "a dog", "text": "..."}', "text is a placeholder"),
        ('{"picture": "<description>", "text": "a"}', "picture is a placeholder"),
        ('{"title": "a dog"}', "no field names"),
        ('["only words"]', "no field names"),
        ("1. A dog that says hello", "no field names"),
        ("", "empty"),
        ("Memes are a form of humour.", "no items"),
        ('{"picture": "a screen", "text": "As an AI, I cannot write this."}', "refusal"),
        ("I'm sorry, but I can't help with that.", "refusal"),
        ("I can’t create hateful content.", "refusal"),
        ("很抱歉，我无法生成这样的内容。", "refusal"),
        ("Maaf, saya tidak dapat membantu.", "refusal"),
        ("மன்னிக்கவும், என்னால் இதற்கு உதவ முடியாது.", "refusal"),
    ],
)
def test_what_cannot_be_used_has_its_reason(reply: str, reason: str) -> None:
    assert (items(reply), reasons(reply)) == ([], [reason])


def test_one_bad_item_spoils_no_other() -> None:
    reply = '[{"picture": "a cat on a sofa", "text": "Monday again"}, {"picture": "a", 12}, '
    reply += '{"picture": "b", "text": "c"}]'
    assert items(reply) == [ONE, Item("b", "c")]
    assert reasons(reply) == ["malformed"]


def test_nested_brackets_take_no_time() -> None:
    start = time.process_time()
    for reply in ("[" * 20000, '{"a":' * 5000, '["' * 8000, "{'text': '" * 3000, "1. " * 9000):
        parse(reply)
    assert time.process_time() - start < 5


MARKS = "{ } [ ] , : \" ' “ ” \\ picture text 1. Text: ```json null caption a 猫 \\u00e9 பூ"
PIECES = st.sampled_from([*MARKS.split(), "\n", " ", "Picture: "])
NOISE = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@settings(max_examples=400, deadline=None)
@given(NOISE, st.sampled_from(["stop", "length", "content_filter"]))
def test_noise_never_raises_and_no_words_are_made_up(reply: str, finish: str) -> None:
    parsed = parse(reply, finish)
    assert parsed.found == len(parsed.items) + len(parsed.rejects) >= 1
    known = "".join((reply + unescape(reply)).split())
    for item in parsed.items:
        for line in (item.picture + "\n" + item.text).splitlines():
            assert "".join(unescape(line).split()) in known or "".join(line.split()) in known


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda text: any(character.isalpha() for character in text)
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4), st.booleans())
def test_good_json_comes_back_whole(pairs: list[tuple[str, str]], ascii_only: bool) -> None:
    rows = [{"picture": picture, "text": text} for picture, text in pairs]
    parsed = parse(json.dumps(rows, ensure_ascii=ascii_only))
    assert parsed.found == len(pairs)
    kept = [(item.picture, item.text) for item in parsed.items]
    assert all(any(picture in one[0] and text in one[1] for one in pairs) for picture, text in kept)
