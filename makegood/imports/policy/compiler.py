"""Compiles a recognized format into the fragments of the import statement.

What comes out is trusted text: templates over the columns ``c0, c1, ..`` of the staged row. Words of the mapping
file and of the call log are bound parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from makegood.imports.policy.mapping import Condition, Field
from makegood.imports.policy.recognition import Recognized
from makegood.imports.policy.templates import LOCAL_TIME, MONEY_CLEAN, PLAIN_PHONE, TEMPLATES, TIME, WITHHELD, Template

TIMES = ("occurred_at", "received_at", "billed_at")
PHONES = ("caller", "destination", "tracking")
TYPES: dict[str, str] = {
    **dict.fromkeys(
        (
            *("external_id", "source", "currency", "payout_currency", "tax_jurisdiction", "customer"),
            *("customer_name", "vendor", "vendor_name", "campaign", "campaign_name", "category", "direction"),
            *("hangup_by", "disposition", "recording_url", "buyer_ref", "vendor_ref", "vendor_sub_id", *PHONES),
        ),
        "text",
    ),
    **dict.fromkeys(("amount", "payout", "tax"), "bigint"),
    **dict.fromkeys(("billable_after_s", "duplicate_window_days", "connect_s", "ring_s", "duration_s"), "integer"),
    **dict.fromkeys(("answered", "converted", "recording_enabled", "billed_flag", "payout_flag"), "boolean"),
}
"""Every fact the statement asks for, with its type; a mapping without it gives NULL."""
_ASKED = ("currency", "customer")


@dataclass
class Compiled:
    """The fragments by splice name, the bound words, and which source columns each fact was read from."""

    fragments: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, object] = field(default_factory=dict)
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)


class _Compiler:
    def __init__(self, recognized: Recognized, width: int, *, as_json: bool, trim: bool) -> None:
        self._found = recognized
        self._width = width
        self._as_json = as_json
        self._cell = "nullif(btrim(s.c{}), '')" if trim else "s.c{}"
        self._out = Compiled()
        self._texts: list[str] = []
        self._values: list[str] = []
        self._locals: list[str] = []
        self._suspect: list[str] = []
        self._faults: list[str] = []

    def run(self) -> Compiled:
        self._raw()
        for target, spec in self._specs():
            self._one(target, spec)
        for target in TIMES:
            self._time(target, self._found.mapping.fields.get(target, Field(())))
        self._phones()
        self._tags()
        recording = self._found.mapping.fields.get("recording_enabled", Field(()))
        self._out.parameters["url_tells"] = recording.transform == "recorded"
        out = self._out.fragments
        out["texts"] = ",\n".join(self._texts)
        out["vals"] = ",\n".join(self._values)
        out["locals"] = ",\n".join(self._locals)
        out["billed"] = self._billed()
        out["suspect"] = "\n OR ".join(self._suspect) or "false"
        out["faults"] = ",\n".join(self._faults) or "NULL"
        return self._out

    def _specs(self) -> Iterator[tuple[str, Field]]:
        mapping = self._found.mapping
        flags = {"billed_flag": mapping.billed_when, "payout_flag": mapping.payout_when}
        for target in TYPES:
            if target in flags:
                yield target, self._flag(flags[target])
            else:
                yield target, mapping.fields.get(target, Field(()))

    def _flag(self, condition: Condition) -> Field:
        known = next((flag for flag in condition.flags if flag in self._found.positions), None)
        return Field((known,), "yes_no") if known else Field((), "never" if condition.never else "always")

    def _billed(self) -> str:
        money = " AND v.amount > 0" if self._found.mapping.billed_when.amount_above_zero else ""
        return f"coalesce(v.billed_flag{money}, false)"

    def _text(self, sources: Sequence[str]) -> str | None:
        places = [self._found.positions[name] for name in sources if name in self._found.positions]
        if not places:
            return None
        cells = [self._cell.format(place) for place in places]
        return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"

    def _bind(self, value: object) -> str:
        name = f"word_{len(self._out.parameters)}"
        self._out.parameters[name] = value
        return f"%({name})s"

    def _raw(self) -> None:
        cells = ", ".join(f"s.c{place}" for place in range(self._width))
        self._out.fragments["fields"] = f"ARRAY[{cells}]"
        if self._as_json:
            self._texts.append("CASE WHEN s.bad IS NULL THEN s.raw::jsonb END AS raw")
        else:
            self._texts.append(f"jsonb_object(%(headers)s::text[], ARRAY[{cells}]) AS raw")

    def _one(self, target: str, spec: Field) -> None:
        fixed = self._fixed(spec)
        text = self._text(spec.sources)
        self._out.sources[target] = spec.sources
        if fixed is not None or text is None:
            if target in _ASKED:
                self._texts.append(f"NULL::text AS x_{target}")
            self._values.append(f"{fixed or 'NULL'}::{TYPES[target]} AS {target}")
            return
        self._texts.append(f"{text} AS x_{target}")
        names = {"x": f"t.x_{target}", "y": f"t.y_{target}"}
        if spec.transform in ("lookup", "disposition"):
            self._values.append(f"{self._lookup(spec, names['x'])} AS {target}")
            return
        template = TEMPLATES[spec.transform]
        if spec.transform == "money":
            clean = MONEY_CLEAN.format(x=text)
            self._texts.append(f"{clean} AS y_{target}")
        self._values.append(f"{template.value.format(**names)} AS {target}")
        self._fault(target, template)

    def _fixed(self, spec: Field) -> str | None:
        if spec.transform == "const":
            return self._bind(spec.constant)
        return {"never": "false", "always": "true"}.get(spec.transform)

    def _lookup(self, spec: Field, text: str) -> str:
        other = f"lower({text})" if spec.default is None else self._bind(spec.default)
        if not spec.lookup:
            return other
        cases = " ".join(f"WHEN {self._bind(key)} THEN {self._bind(word)}" for key, word in spec.lookup)
        return f"(CASE lower({text}) {cases} ELSE {other} END)::text"

    def _fault(self, target: str, template: Template) -> None:
        if not template.faults:
            return
        names = {"x": f"j.x_{target}", "y": f"j.y_{target}", "v": f"j.{target}"}
        wrong = f"{names['x']} IS NOT NULL AND {names['v']} IS NULL"
        self._suspect.append(f"({wrong})")
        cases = " ".join(
            f"WHEN {condition.format(**names)} THEN '{code}:{target}'" for code, condition in template.faults
        )
        self._faults.append(f"CASE WHEN {wrong} THEN CASE {cases} END END")

    def _time(self, target: str, spec: Field) -> None:
        text = self._text(spec.sources)
        self._out.sources[target] = spec.sources
        if text is None:
            self._texts.append(f"NULL::text AS x_{target}")
            self._values.append(f"NULL::timestamptz AS {target}_abs")
            self._locals.append(f"NULL::timestamp AS {target}_local")
            return
        self._texts.append(f"{text} AS x_{target}")
        self._values.append(f"{TIME.format(x=f't.x_{target}')} AS {target}_abs")
        x = f"v.x_{target}"
        unknown = f"{x} IS NOT NULL AND v.{target}_abs IS NULL"
        self._locals.append(f"CASE WHEN {unknown} THEN {LOCAL_TIME.format(x=x)} END AS {target}_local")
        self._time_faults(target)

    def _time_faults(self, target: str) -> None:
        text, local, at = f"j.x_{target}", f"j.{target}_local", f"j.{target}"
        gone = f"{local} IS NOT NULL AND {at} AT TIME ZONE %(zone)s::text <> {local}"
        far = f"{at} NOT BETWEEN '1990-01-01' AND '2100-01-01'"
        self._suspect.append(f"({text} IS NOT NULL AND ({at} IS NULL OR {far} OR ({gone})))")
        self._faults.append(
            f"CASE WHEN {text} IS NULL THEN NULL"
            f" WHEN {local} IS NOT NULL AND %(zone)s::text IS NULL THEN 'NO_ZONE:{target}'"
            f" WHEN {at} IS NULL OR {far} THEN 'BAD_TIME:{target}'"
            f" WHEN {gone} THEN 'NONEXISTENT_TIME:{target}' END"
        )

    def _phones(self) -> None:
        """How to ask for numbers that are not E.164 yet, and how the statement tells of those it was not told."""
        known = [target for target in PHONES if self._text(self._out.sources[target])]
        unknown = "f.x_{0} IS NOT NULL AND f.{0} IS NULL AND NOT " + WITHHELD.format(x="f.x_{0}")
        listed = ", ".join(f"CASE WHEN {unknown.format(target)} THEN f.x_{target} END" for target in known)
        met = " OR ".join(f"(f.x_{target} IS NOT NULL AND f.{target} IS NULL)" for target in known)
        self._out.fragments["odd_phones"] = (
            f"CASE WHEN {met} THEN array_remove(ARRAY[{listed}], NULL) END" if known else "NULL::text[]"
        )
        positions = self._found.positions
        names = [name for target in known for name in self._out.sources[target] if name in positions]
        cells = [self._cell.format(positions[name]) for name in names]
        self._out.fragments["phone_cells"] = ", ".join(cells) or "NULL"
        self._out.fragments["phone_is_odd"] = (
            " OR ".join(f"NOT {PLAIN_PHONE.format(x=cell)}" for cell in cells) or "false"
        )

    def _tags(self) -> None:
        yes = "lower({}) IN ('true', 't', 'yes', 'y', '1')"
        cells = [
            f"CASE WHEN {yes.format(text)} THEN {self._bind(tag)} END"
            for column, tag in self._found.mapping.tags
            if (text := self._text((column,))) is not None
        ]
        listed = self._text(self._found.mapping.fields.get("tags", Field(())).sources)
        parts = [f"array_remove(ARRAY[{', '.join(cells)}], NULL)"] if cells else []
        if listed is not None:
            parts.append(f"coalesce(regexp_split_to_array({listed}, '\\s*[;|,]\\s*'), '{{}}')")
        self._texts.append(f"{' || '.join(parts) or chr(39) + '{}' + chr(39) + '::text[]'} AS platform_tags")


def compile_format(recognized: Recognized, width: int, *, as_json: bool, trim: bool) -> Compiled:
    """The fragments for files of this format with ``width`` staged columns; ``trim`` where cells hold spaces around."""
    return _Compiler(recognized, width, as_json=as_json, trim=trim).run()
