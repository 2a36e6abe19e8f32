"""Rows that share anything end in one group, whatever their order."""

from hypothesis import given
from hypothesis import strategies as st

from data_preparation.cleaning.groups import join_groups
from data_preparation.record import Record

ROWS = [
    Record("en/1", text="Go home", group="g1"),
    Record("zh/1", text="回家", group="g1"),
    Record("other/7", text="go HOME!", group="g7"),
    Record("other/8", text="stay", group="g7"),
    Record("alone", text="nothing shared"),
    Record("picture/1", text="x", image="a.png"),
    Record("picture/2", text="y", image="a.png"),
    Record("chat", messages=({"role": "user", "content": "hi"},)),
]


@given(st.permutations(ROWS))
def test_groups_follow_from_the_rows_alone(rows: list[Record]) -> None:
    groups = {row.id: row.group for row in join_groups(rows)}
    assert {groups[name] for name in ("en/1", "zh/1", "other/7", "other/8")} == {"g1"}
    assert groups["picture/1"] == groups["picture/2"]
    assert groups["chat"] == "chat"
    assert len(set(groups.values())) == 4


def test_near_rows_share_a_group_where_that_is_asked() -> None:
    rows = [
        Record("a", text="外地人来这里工作把我们的饭碗都抢光了"),
        Record("b", text="外地人来这里工作把我们的饭碗抢光了"),
    ]
    assert len({row.group for row in join_groups(rows)}) == 2
    assert len({row.group for row in join_groups(rows, near=0.7)}) == 1
