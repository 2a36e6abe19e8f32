"""The verdict on start-up, on rounds that were made up."""

from benchmarks.startup.__main__ import Took, ratio, table, too_slow

LAPS = [
    {"bare": Took(4.0, 3.0), "command": Took(5.0, 3.0)},
    {"bare": Took(2.0, 3.0), "command": Took(3.0, 6.0)},
    {"bare": Took(4.0, 3.0), "command": Took(4.0, 4.5)},
]


def test_the_ratio_is_of_the_medians_with_the_spread_of_rounds() -> None:
    assert ratio(LAPS, "seconds") == {"median": 1.0, "least": 1.0, "most": 1.5}
    assert ratio(LAPS, "processor") == {"median": 1.5, "least": 1.0, "most": 2.0}


def test_more_than_the_most_is_too_slow() -> None:
    found = {"ratio": ratio(LAPS, "processor")}
    assert too_slow(found, 1.5) == ""
    assert too_slow(found, 1.3) == "the first row took 1.50 times the bare cost, above 1.3"


def test_the_table_has_every_round() -> None:
    rounds = [{name: vars(took) for name, took in lap.items()} for lap in LAPS]
    one = ratio(LAPS, "seconds")
    lines = table({"rounds": rounds, "ratio": one, "processor_ratio": one})
    assert lines[2] == "| bare | 4.00, 2.00, 4.00 | 3.00, 3.00, 3.00 |"
    assert lines[4] == "| command / bare | 1.00 (1.00 - 1.50) | 1.00 (1.00 - 1.50) |"
