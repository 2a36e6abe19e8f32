"""Pieces side by side: all of them, no more at once than allowed, and the oldest is told of."""

import threading
import time

import pytest

from model_package import Moderator
from model_package.abreast import abreast
from model_package.images import load_image
from model_package.profile import Limits

SAMPLES = ["cat_meeting", "nasi_lemak", "veyil", "foreigners_zh"]


def test_one_lane_works_in_order_and_tells_of_each() -> None:
    heard: list[int] = []
    done: list[int] = []
    abreast([3, 1, 2], done.append, 1, heard.append)
    assert done == heard == [3, 1, 2]
    abreast([], done.append, 2, heard.append)
    assert len(done) == 3


def test_no_more_work_at_once_than_there_are_lanes() -> None:
    at_once, most, lock = [0], [0], threading.Lock()
    both = threading.Barrier(2)

    def work(piece: int) -> None:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        if piece < 2:
            both.wait(60)
        time.sleep(0.01)
        with lock:
            at_once[0] -= 1

    abreast(range(8), work, 2, lambda _: None)
    assert (most, at_once) == ([2], [0])


def test_the_last_sign_of_life_names_the_piece_that_hangs() -> None:
    heard: list[int] = []
    others = threading.Barrier(2)

    def work(piece: int) -> None:
        if piece in (0, 3):  # the first ends only after all the others
            others.wait(60)

    abreast([0, 1, 2, 3], work, 2, heard.append)
    assert set(heard[:-1]) == {0}


def test_what_a_piece_raises_is_raised_when_the_others_have_ended() -> None:
    done: list[int] = []

    def work(piece: int) -> None:
        if piece == 0:
            raise ValueError("no")
        done.append(piece)

    with pytest.raises(ValueError, match="no"):
        abreast([0, 1, 2], work, 2, lambda _: None)
    assert done == [1, 2]


def test_pictures_read_at_once_say_what_they_say_alone(pocket: Moderator) -> None:
    paths = [f"local_test/test_images/{name}.png" for name in SAMPLES]
    images = [load_image(path, Limits()) for path in paths]
    alone = [pocket.reader.read(image) for image in images]
    read: dict[int, str] = {}
    numbers = [*range(len(images))] * 2
    abreast(numbers, lambda n: read.update({n: pocket.reader.read(images[n])}), 2, lambda _: None)
    assert [read[n] for n in range(len(images))] == alone
    assert all(alone)
