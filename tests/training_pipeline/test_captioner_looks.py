"""What the captioner learns from: near-duplicates, views, looks, and what look-alikes agree on."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data_preparation.drawing.backgrounds import clouds, shapes
from data_preparation.record import Record
from model_package.errors import UserError
from training_pipeline.consensus import FOLDS, LookAlikes, fold
from training_pipeline.looks import Sight, colours, edges, looks
from training_pipeline.pictures import Squares, group_alike, squares, views

SIDE = 48


def pixels(*images: Image.Image) -> Squares:
    return np.stack([np.asarray(image.resize((SIDE, SIDE)), np.uint8) for image in images])


def record(name: str, group: str) -> Record:
    return Record(id=name, group=group, image=f"{name}.png")


def test_pictures_become_squares_and_a_broken_one_is_named(tmp_path: Path) -> None:
    Image.new("L", (90, 30), 128).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    found = squares([tmp_path / "a.png"], SIDE)
    assert (found.shape, set(found.ravel().tolist())) == ((1, SIDE, SIDE, 3), {128})
    with pytest.raises(UserError, match="b.png: cannot be read as a picture"):
        squares([tmp_path / "b.png"], SIDE)


def test_near_duplicates_share_a_group_and_plain_pictures_do_not() -> None:
    scene, other = shapes((200, 150), 1), shapes((200, 150), 2)
    lighter = scene.point([min(255, value + 9) for value in range(256)] * 3)
    plain = Image.new("RGB", (9, 9))
    given = pixels(scene, other, lighter, plain, plain)
    names = ["1", "2", "3", "4", "5"]
    found = group_alike([record(name, f"g{name}") for name in names], given)
    assert [one.group for one in found] == ["g1", "g2", "g1", "g4", "g5"]


def test_the_first_view_is_the_picture_and_the_others_are_not() -> None:
    given = pixels(shapes((200, 150), 1), shapes((200, 150), 2))
    found = views(given, 3, seed=0)
    assert found.shape == (6, SIDE, SIDE, 3)
    assert (found[[0, 3]] == given).all()
    assert all((found[n] != given[n // 3]).any() for n in (1, 2, 4, 5))
    assert (views(given, 3, seed=0) == found).all()


def test_colours_and_edges_are_counted() -> None:
    half = np.zeros((SIDE, SIDE, 3), np.uint8)
    half[:, SIDE // 2 :] = 255
    assert np.flatnonzero(colours(half, 1, 2)).tolist() == [0, 7]
    assert colours(half, 1, 2)[[0, 7]] == pytest.approx(0.5**0.5)
    strong = edges(half, 64, 8).reshape(64, 9).sum(axis=0)
    assert strong.argmax() == 0  # grey changes from left to right
    assert strong[1:].sum() == 0


def test_sight_is_short_and_tells_pictures_apart() -> None:
    given = pixels(
        *(shapes((99, 99), n) for n in range(5)), *(clouds((99, 99), n) for n in range(5))
    )
    found = Sight(looks(given), 4)(looks(given))
    assert found.shape == (10, 4)
    assert found.mean(axis=0) == pytest.approx(0, abs=1e-5)
    assert len({tuple(row.round(3)) for row in found}) == 10


def test_look_alikes_agree_and_a_picture_has_no_say_for_itself() -> None:
    red, blue = (Image.new("RGB", (9, 9), colour) for colour in ("red", "blue"))
    given = pixels(*[red, blue] * 20)
    captions = ["a tall red house here", "one small blue boat there"] * 20
    captions[0] = "wholly other words stand here"
    groups = [f"g{n}" for n in range(40)]
    assert {fold(group) for group in groups} == set(range(FOLDS))
    alike = LookAlikes(looks(given), captions, groups)
    assert (
        alike.agree(looks(given), groups)
        == ["a tall red house here", "one small blue boat there"] * 20
    )


def test_captions_too_short_to_agree_on_are_the_users_mistake() -> None:
    given = looks(pixels(Image.new("RGB", (9, 9))))
    with pytest.raises(UserError, match="no caption has from 4 to 18 words"):
        LookAlikes(given, ["two words"], ["g"])
