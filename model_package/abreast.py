"""Pieces of work side by side on threads, a bounded number at a time; knows nothing of stages.

What computes lets go of Python's lock, so threads are enough. A sign of life is for the piece
that has been under way longest: where one hangs, the others end, and it is the one left.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")


def abreast(
    pieces: Sequence[Piece],
    work: Callable[[Piece], None],
    lanes: int,
    beat: Callable[[Piece], None],
) -> None:
    """`work` on each of `pieces`, in order, at most `lanes` at a time; for one on this thread.

    beat: hears of the oldest piece under way whenever one begins or ends, never twice at once.
    Raises what `work` raises, once all that began have ended.
    """
    under_way: list[Piece] = []
    lock = threading.Lock()

    def one(piece: Piece) -> None:
        with lock:
            under_way.append(piece)
            beat(under_way[0])
        try:
            work(piece)
        finally:
            with lock:
                under_way.remove(piece)
                if under_way:
                    beat(under_way[0])

    if min(lanes, len(pieces)) <= 1:
        for piece in pieces:
            one(piece)
        return
    with ThreadPoolExecutor(min(lanes, len(pieces)), "lane") as pool:
        for ended in [pool.submit(one, piece) for piece in pieces]:
            ended.result()
