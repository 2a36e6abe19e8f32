"""Digits and signs in the place of letters are read as letters; numbers and names stay."""

import pytest

from model_package.normalise import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("h4te the id1ots", "hate the idiots"),
        ("K1LL TH3M", "KILL THEM"),
        ("they are st00pid", "they are stoopid"),
        ("k1ll 7h3m 4ll n0w", "kill them all now"),
        ("1 5w34r 1 w1ll run 0v3r 4 5n41l 70", "i swear i will run over a snail to"),
        ("p455 7h3 54l7", "pass the salt"),
        ("ki11er m4nia 7he3", "killer mania thee"),
        ("$tupid a$$hole pu$$y BADA$$", "stupid asshole pussy BADAss"),
        ("@ss f@ggot B@D", "ass faggot BAD"),
        ("sh!t k!ll k!ta", "shit kill kita"),
        ("今天 h4te 你 99%", "今天 hate 你 99%"),
    ],
)  # fmt: skip
def test_letters_come_back(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "5kg 2nd 1st 24jam 100k 4am 10x 3pm 5G 4K 50mb 2in1 3in1",
        "MH370 H1N1 COVID-19 covid19 B40 M40 T20 MI5 mp3 A380 win11 ps5 R2D2 4x4",
        "kata2 budak2 orang2nya b4 gr8 l8r u2 2nite",
        "rm10 rm20 rm30",
        "H1N1 H5N1 H7N9",
        "1Malaysia 7eleven 13may stand4life americans4americans",
        "S$50 US$5 $AAPL RM10 50% 10:30 3.14 1,000 2+2=4",
        "me@site.com @j0hn77x RT@UberFacts her@Jane @assembly",
        "http://t.co/BMdSVMc3rC #h4te4ever youtu.be/9UiTj9c3H54 kRkk5vawIj1",
        "Oi!you No!don't Stop!now Wow! $ 5 ! @",
        "jobs@nus OPEN@NUS eat@home hi@all PM!Lee",
        "வணக்கம் 10 பேர் 2024 世界 3 国 5G时代",
    ],
)
def test_numbers_units_names_and_addresses_stay(text: str) -> None:
    assert plain(text) == text


def test_a_number_alone_is_read_as_a_word_only_where_most_is_written_so() -> None:
    assert plain("h4te 4 people") == "hate 4 people"
    assert plain("sh1t! Rent up 50 percent in 15 b1ocks, 4 k1ds") == (
        "shit! Rent up 50 percent in 15 biocks, 4 kids"
    )
    assert plain("1 h4te 4 r00m full 0f y0u") == "i hate a room full of you"
    assert plain("1 h4te 4ll 0f y0u 5kg 2nd 4,5 99%") == "i hate all of you 5kg 2nd 4,5 99%"
