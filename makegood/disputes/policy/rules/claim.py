"""Rule types that look at the claim: its reason, its words and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from makegood.disputes.policy import words
from makegood.disputes.policy.base import Bound, Facts, Missing, Moment, Phase, Rule
from makegood.disputes.policy.naming import Naming

_REASON_LABEL = (
    "(SELECT r.label FROM disputes_reason r WHERE r.program_id = c.program_id AND r.code = nullif(i.reason_code, ''))"
)


def _reason(facts: Facts) -> str:
    return str(facts.get("reason_label") or words.spelled(facts.get("reason") or "This reason"))


@dataclass(frozen=True)
class ReasonRequired(Rule):
    """A reason is given."""

    type: ClassVar[str] = "reason_required"
    code: ClassVar[str] = "REASON_REQUIRED"
    phase: ClassVar[Phase] = Phase.REASON

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound("(coalesce(i.reason_code, '') <> '')")

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return bool(facts["reason_code"])

    def when(self, said: Naming) -> str:
        return "no reason is given"

    def message(self, facts: Facts, at: datetime) -> str:
        return "Please choose a reason."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "A reason is chosen."


@dataclass(frozen=True)
class ReasonAllowed(Rule):
    """The reason is offered for the charge's category, or (``subkind``) for its kind; one tied to none is for all.

    A claim without a reason is left to ``reason_required``.
    """

    on_missing: Missing = Missing.PASS
    by: Literal["category", "subkind"] = "category"

    type: ClassVar[str] = "reason_allowed"
    code: ClassVar[str] = "REASON_NOT_IN_CATEGORY"
    phase: ClassVar[Phase] = Phase.REASON
    facts: ClassVar[Mapping[str, str]] = {
        "reason": "i.reason_code",
        "reason_label": _REASON_LABEL,
        "category": "(SELECT g.name FROM billing_category g WHERE g.id = c.category_id)",
        "subkind": "c.subkind",
    }

    def sql(self, place: int, moment: Moment) -> Bound:
        tied = "SELECT FROM disputes_reason_category rc"
        match = {
            "category": f"{tied} WHERE rc.reason_id = r.id AND rc.category_id = c.category_id",
            "subkind": f"{tied} JOIN billing_category g ON g.id = rc.category_id"
            " WHERE rc.reason_id = r.id AND g.code = c.subkind",
        }[self.by]
        return Bound(
            "(CASE WHEN coalesce(i.reason_code, '') <> '' THEN EXISTS (SELECT FROM disputes_reason r"
            " WHERE r.program_id = c.program_id AND r.code = i.reason_code AND r.is_active"
            f" AND (NOT EXISTS ({tied} WHERE rc.reason_id = r.id) OR EXISTS ({match}))) END)"
        )

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        if not facts["reason_code"]:
            return None
        tied = facts["catalog"].get(facts["reason_code"])
        return tied is not None and (not tied or facts["category" if self.by == "category" else "subkind"] in tied)

    def when(self, said: Naming) -> str:
        return f"the reason is not offered for the {'category' if self.by == 'category' else 'kind of charge'}"

    def message(self, facts: Facts, at: datetime) -> str:
        of = facts.get("category") if self.by == "category" else words.spelled(facts.get("subkind") or "")
        return f'"{_reason(facts)}" is not offered for {of or "this item"}.'

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "A reason is chosen that is offered for it."


@dataclass(frozen=True)
class Explanation(Rule):
    """At least ``min_chars`` characters are written, spaces around them not counted."""

    min_chars: int = 1

    type: ClassVar[str] = "explanation"
    code: ClassVar[str] = "EXPLANATION_REQUIRED"
    phase: ClassVar[Phase] = Phase.REASON
    facts: ClassVar[Mapping[str, str]] = {"chars": "char_length(btrim(coalesce(i.description, '')))"}

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(f"({self.facts['chars']} >= %(r{place}_chars)s)", {f"r{place}_chars": self.min_chars})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return len((facts["description"] or "").strip(" ")) >= self.min_chars

    def when(self, said: Naming) -> str:
        return f"the explanation has fewer than {words.counted(self.min_chars, 'character')}"

    def oddity(self) -> str:
        return "Every explanation is long enough." if self.min_chars <= 0 else ""

    def message(self, facts: Facts, at: datetime) -> str:
        return "Please add a few words."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"The explanation has at least {words.counted(self.min_chars, 'character')}."


@dataclass(frozen=True)
class Evidence(Rule):
    """At least ``min_files`` files come with the claim; ``mime`` and ``max_bytes`` say which of them count.

    ``mime`` are types (``audio/wav``) or beginnings of them (``image/``).
    """

    min_files: int = 0
    mime: tuple[str, ...] = ()
    max_bytes: int | None = None

    type: ClassVar[str] = "evidence"
    code: ClassVar[str] = "EVIDENCE_REQUIRED"
    phase: ClassVar[Phase] = Phase.EVIDENCE
    facts: ClassVar[Mapping[str, str]] = {
        "files": "i.files",
        "reason": "i.reason_code",
        "reason_label": _REASON_LABEL,
    }

    def sql(self, place: int, moment: Moment) -> Bound:
        least = f"r{place}_files"
        if not self.mime and self.max_bytes is None:
            return Bound(f"(i.files >= %({least})s)", {least: self.min_files})
        parts, params = ["true"], {least: self.min_files}
        if self.mime:
            parts.append(f"EXISTS (SELECT FROM unnest(%(r{place}_mime)s::text[]) AS m (kind)"
                         " WHERE starts_with(f.mime, m.kind))")  # fmt: skip
            params[f"r{place}_mime"] = list(self.mime)  # type: ignore[assignment]
        if self.max_bytes is not None:
            parts.append(f"f.bytes <= %(r{place}_bytes)s::bigint")
            params[f"r{place}_bytes"] = self.max_bytes
        return Bound(
            "((SELECT count(*) FROM jsonb_to_recordset(i.attached) AS f (mime text, bytes bigint)"
            f" WHERE {' AND '.join(parts)}) >= %({least})s)",
            params,
        )

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        fitting = [
            file
            for file in facts["attached"]
            if (not self.mime or file["mime"].startswith(self.mime))
            and (self.max_bytes is None or file["bytes"] <= self.max_bytes)
        ]
        return len(fitting) >= self.min_files

    def when(self, said: Naming) -> str:
        files = "no file is" if self.min_files == 1 else f"fewer than {self.min_files} files are"
        kind = f" of type {said.either([one.rstrip('/') for one in self.mime])}" if self.mime else ""
        size = "" if self.max_bytes is None else f" of at most {self.max_bytes // 1024:,} KB"
        return f"{files} attached{kind}{size}"

    def oddity(self) -> str:
        return "No file is asked for." if self.min_files <= 0 else ""

    def message(self, facts: Facts, at: datetime) -> str:
        a_file = "a supporting file" if self.min_files == 1 else f"{self.min_files} supporting files"
        reason = facts.get("reason_label") or facts.get("reason")
        return f"{_quoted(facts)} needs {a_file}." if reason else f"This reason needs {a_file}."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        what = f" of type {', '.join(kind.rstrip('/') for kind in self.mime)}" if self.mime else ""
        size = "" if self.max_bytes is None else f" of at most {self.max_bytes // 1024:,} KB"
        if self.min_files == 1:
            return f"A supporting file{what}{size} is attached."
        return f"{self.min_files} supporting files{what}{size} are attached."


def _quoted(facts: Facts) -> str:
    return f'"{_reason(facts)}"'
