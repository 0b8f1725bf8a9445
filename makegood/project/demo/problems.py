"""What can go wrong while the demo is made up."""

from __future__ import annotations

from makegood.project.problems import OperatorProblem


class LogRefused(OperatorProblem):
    """The import refused rows of the demo's own files."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__(f"The import refused rows of the demo's own files: {' '.join(messages)}")
