"""Which deaths of workers are too many; knows no processes and no rows."""

STILLBIRTHS = 30  # workers in a row that end before their models are ready
BLAMED = 20  # rows in a row that killed workers
STEP = 0.25  # seconds longer is each pause after a stillbirth,
LONGEST = 5.0  # up to this


class Toll:
    """Counts deaths in a row.

    Whoever kills workers faster than models load is outlasted for some minutes, and so is a lack
    of memory: the pauses alone are more than a minute and a half, however soon each worker dies.
    """

    def __init__(self) -> None:
        self.ever_ready = False
        self.stillbirths = self.blamed = 0

    def ready(self) -> None:
        """A worker's models are ready."""
        self.ever_ready, self.stillbirths = True, 0

    @property
    def pause(self) -> float:
        """Seconds to wait before another worker is started."""
        return min(LONGEST, STEP * self.stillbirths)

    def answered(self) -> None:
        """A worker has answered a batch."""
        self.blamed = 0

    def died(self, was_ready: bool, blamed: int) -> bool:
        """A worker has died, and so many rows are given up for it; whether that is one too many."""
        self.stillbirths += not was_ready
        self.blamed += blamed
        return self.stillbirths >= STILLBIRTHS or self.blamed >= BLAMED
