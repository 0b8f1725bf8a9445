"""Failures an operator can act on; the command line prints their one sentence and no traceback."""


class OperatorProblem(Exception):
    """Something about the installation needs attention."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or " ".join((type(self).__doc__ or "").split()))

    @property
    def message(self) -> str:
        """The sentence to show."""
        return str(self.args[0])
