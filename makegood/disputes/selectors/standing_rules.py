"""What a frozen verdict comes to: which rules stood in the way or warned, and the hardest of them in one word."""

from __future__ import annotations

from makegood.disputes.eligibility import STANDING
from makegood.disputes.policy import Rule, Severity
from makegood.disputes.selectors.policies import policy_of_version

WORDS = {Severity.BLOCK: "blocked", Severity.OVERRIDE: "override", Severity.WARN: "note"}
FINE = "OK"


class Standing:
    """Reads verdicts of several disputes; each policy version is looked up once."""

    def __init__(self) -> None:
        self._rules: dict[int, tuple[Rule, ...]] = {}

    def _failed(self, version: int | None, mask: int) -> list[Rule]:
        if not mask or version is None:
            return []
        if version not in self._rules:
            self._rules[version] = policy_of_version(version).rules
        rules = self._rules[version]
        return [rule for place, rule in enumerate(rules) if mask >> place & 1 and rule.severity in STANDING]

    def codes(self, version: int | None, mask: int) -> list[str]:
        """The codes of the rules that a verdict of that policy version failed and that stand in the way or warn."""
        return [rule.code for rule in self._failed(version, mask)]

    def word(self, version: int | None, mask: int) -> tuple[str, int]:
        """The hardest of them in a word (blocked, override, note, or OK), and how many there are."""
        found = [rule.severity for rule in self._failed(version, mask)]
        return next((WORDS[severity] for severity in STANDING if severity in found), FINE), len(found)
