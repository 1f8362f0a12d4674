"""Honest time on a page: what passes between two signs of life counts only when it is short."""

IDLE_LIMIT = 60.0
"""Seconds without a sign of life after which time does not count."""


class Pace:
    """Adds up the time between signs of life. Times are seconds on any clock that only goes forward."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._seconds = 0.0
        self.total = 0.0
        """Seconds counted since the page was opened."""

    def open_page(self) -> None:
        """Another page was opened: its time starts at nothing."""
        self.total = self._seconds = 0.0

    def touch(self, at: float) -> None:
        """The user pressed a key, clicked or scrolled at `at`."""
        if self._last is not None and 0.0 < at - self._last <= IDLE_LIMIT:
            self._seconds += at - self._last
            self.total += at - self._last
        self._last = at

    def take(self) -> float:
        """The seconds counted since the last call."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds
