"""What can go wrong while the demo is made up."""

from __future__ import annotations

from makegood.kernel.answers import Answer
from makegood.project.problems import OperatorProblem


class ContestRefused(OperatorProblem):
    """A step of the demo's past was refused."""

    def __init__(self, item: str, what: str, answer: Answer) -> None:
        super().__init__(f"The demo could not go on with {item}, {what}: {answer.code} {answer.message}")


class LogRefused(OperatorProblem):
    """The import refused rows of the demo's own files."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__(f"The import refused rows of the demo's own files: {' '.join(messages)}")
