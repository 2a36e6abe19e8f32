"""How fast rows go, and what must be saved to end in time; knows no rows and no processes.

Level 0 saves nothing, level n makes do with the profile's first n savings. Only what was
measured at the level in force counts: one that proves too slow is left for the next, and one
that would do with much time to spare is left for the one before.
"""

ENOUGH = 8  # rows at a level before its speed is believed,
SHARE = 0.02  # or this share of the whole time, where rows are slow
RECENT = 64  # rows after which older ones count half
AIM = 0.85  # of the time that is left: what the rest is planned to take at most
CAUTION = 2.0  # how often what is left must fit into the time before less is saved
LATE = 0.25  # of the whole time: when no more than this is left, no less is saved than before
FEAR = 8  # times as long as before may a row take when less is saved, until that is known
FIRST = 1.0  # seconds that a row is taken to need before any was timed
IN_PART = 4  # a batch may take this part of the time left, so that little is lost at the end


class Pace:
    """Chooses the level for the next rows.

    levels: how many savings there are. start, deadline: in seconds of one clock; without a
    deadline nothing is ever saved.
    """

    def __init__(self, levels: int, start: float = 0.0, deadline: float | None = None) -> None:
        self.levels, self.deadline = levels, deadline
        self.whole = deadline - start if deadline is not None else 0.0
        self.level = 0
        self.rows = self.seconds = 0.0
        self.guess = FIRST  # seconds a row, until the level in force is known
        self.caution = CAUTION
        self.came_back = False  # to the level in force, from one that saves more

    def note(self, level: int, rows: int, seconds: float) -> None:
        """So many rows took so long; those sent before the level was changed do not count."""
        if level != self.level:
            return
        if self.rows >= RECENT:
            self.rows, self.seconds = self.rows / 2, self.seconds / 2
        self.rows += rows
        self.seconds += seconds

    def choose(self, now: float, left: int) -> int:
        """The level for the next rows, when `left` are known to be unanswered."""
        if self.deadline is None or not self._is_known():
            return self.level
        room = AIM * (self.deadline - now)
        takes = left * self.seconds / self.rows
        if takes > room and self.level < self.levels:
            self.caution *= 2 if self.came_back else 1  # it was left too lightly the last time
            self._move(1)
        elif takes * self.caution < room and self.level > 0 and room > LATE * self.whole:
            self._move(-1)
        return self.level

    def fit(self, now: float, most: int) -> int:
        """Rows for the next batch: `most`, fewer when these would not end in time, at least one."""
        seconds = self.seconds / self.rows if self._is_known() else self.guess
        if self.deadline is None or seconds == 0:
            return most
        return max(1, min(most, int((self.deadline - now) / seconds / IN_PART)))

    def _is_known(self) -> bool:
        slow = self.rows > 0 and self.seconds >= SHARE * self.whole
        return self.rows >= ENOUGH or slow

    def _move(self, step: int) -> None:
        self.guess = self.seconds / self.rows * (1 if step > 0 else FEAR)
        self.level += step
        self.came_back = step < 0
        self.rows = self.seconds = 0.0
