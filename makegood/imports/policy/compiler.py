"""Compiles a recognized format into the fragments of the import statement.

What comes out is trusted text: templates over the columns ``c0, c1, ..`` of the staged row. Words of the mapping
file and of the call log are bound parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from makegood.imports.policy.mapping import Condition, Field
from makegood.imports.policy.recognition import Recognized
from makegood.imports.policy.templates import (
    LOCAL_TIME,
    MONEY_CLEAN,
    PLAIN_PHONE,
    TAGS,
    TEMPLATES,
    TIME,
    WITHHELD,
    Template,
)

TIMES = ("occurred_at", "received_at", "billed_at", "ended_at")
PHONES = ("caller", "destination", "tracking", "contact")
TYPES: dict[str, str] = {
    **dict.fromkeys(
        (
            *("external_id", "source", "currency", "payout_currency", "tax_jurisdiction", "customer"),
            *("customer_name", "vendor", "vendor_name", "campaign", "campaign_name", "category", "direction"),
            *("hangup_by", "disposition", "recording_url", "buyer_ref", "vendor_ref", "vendor_sub_id", *PHONES),
            *("subkind", "lead_channel", "contact_name", "contact_email", "transcript", "corrects"),
            *("service", "unit"),
        ),
        "text",
    ),
    **dict.fromkeys(("amount", "payout", "tax"), "bigint"),
    **dict.fromkeys(("usage_number", "usage_batch", "invoice_number", "bill_period"), "bigint"),
    **dict.fromkeys(("billable_after_s", "duplicate_window_days", "connect_s", "ring_s", "duration_s"), "integer"),
    "quantity": "integer",
    **dict.fromkeys(("answered", "converted", "recording_enabled", "billed_flag", "payout_flag"), "boolean"),
}
"""Every fact the statement asks for, with its type; a mapping without it gives NULL."""
_ASKED = ("currency", "customer")
CHILD = "child."
YES = ("true", "t", "yes", "y", "1")


@dataclass
class Compiled:
    """The fragments by splice name, the bound words, and which source columns each fact was read from."""

    fragments: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, object] = field(default_factory=dict)
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)


class _Compiler:
    def __init__(self, recognized: Recognized, headers: Sequence[str], *, as_json: bool, trim: bool) -> None:
        self._found = recognized
        self._headers = headers
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
        self._asides()
        self._bills()
        recording = self._found.mapping.fields.get("recording_enabled", Field(()))
        self._out.parameters["url_tells"] = recording.transform == "recorded"
        self._out.parameters["at_end"] = self._found.mapping.billed_when.at_end
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
        if condition.filled:
            return Field((condition.filled,), "filled")
        known = next((flag for flag in condition.flags if flag in self._found.positions), None)
        if condition.words and known:
            return Field((known,), "one_of", words=condition.words)
        return Field((known,), "yes_no") if known else Field((), "never" if condition.never else "always")

    def _billed(self) -> str:
        condition = self._found.mapping.billed_when
        money = " AND v.amount > 0" if condition.amount_above_zero else ""
        money += " AND v.amount IS NOT NULL" if condition.amount_present else ""
        return f"coalesce(v.billed_flag{money}, false)"

    def _text(self, sources: Sequence[str], when: tuple[str, tuple[str, ...]] | None = None) -> str | None:
        cells = [cell for name in sources if (cell := self._source(name, when)) is not None]
        if not cells:
            return None
        return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"

    def _whole_text(self, spec: Field) -> str | None:
        """The text of a fact: the first of its columns, all of them joined, or else a digest of some."""
        text = self._text(spec.sources, spec.when)
        if spec.transform in ("sides", "joined"):
            parts = [self._text((name,)) for name in spec.sources]
            if None in parts:
                return None
            text = _sides(*parts) if spec.transform == "sides" else " || '-' || ".join(map(str, parts))
        places = [self._found.positions[name] for name in spec.digest if name in self._found.positions]
        if not places:
            return text
        cells = ", ".join(f"coalesce({self._cell.format(place)}, '')" for place in places)
        digest = f"md5(nullif(concat_ws('|', {cells}), '{'|' * (len(places) - 1)}'))"
        return f"coalesce({text}, {digest})" if text else digest

    def _source(self, name: str, when: tuple[str, tuple[str, ...]] | None) -> str | None:
        """The cell of a column, of this row or of its child."""
        of_child = name.startswith(CHILD)
        place = self._found.positions.get(name.removeprefix(CHILD))
        if place is None or (of_child and self._found.mapping.children is None):
            return None
        if of_child:
            return f"nullif(btrim(l.c{place}), '')"
        own = self._cell.format(place)
        if when is None or when[0] not in self._found.positions:
            return own
        return f"CASE WHEN {self._is_one_of(*when)} THEN {own} END"

    def _bind(self, value: object) -> str:
        name = f"word_{len(self._out.parameters)}"
        self._out.parameters[name] = value
        return f"%({name})s"

    def _raw(self) -> None:
        cells = ", ".join(f"s.c{place}" for place in range(len(self._headers)))
        self._out.fragments["fields"] = f"ARRAY[{cells}]"
        kept = "s.raw::jsonb" if self._as_json else f"jsonb_object(%(headers)s::text[], ARRAY[{cells}])"
        spoken = self._found.mapping.fields.get("transcript", Field(())).sources
        names = [name for name in spoken if name in self._found.positions]
        if names:  # a transcript has a place of its own
            kept = f"{kept} - {self._bind([self._headers[self._found.positions[name]] for name in names])}::text[]"
        self._texts.append(f"{f'CASE WHEN s.bad IS NULL THEN {kept} END' if self._as_json else kept} AS raw")

    def _one(self, target: str, spec: Field) -> None:
        fixed = self._fixed(spec)
        text = self._whole_text(spec)
        self._out.sources[target] = spec.sources
        if fixed is not None or text is None:
            if target in _ASKED:
                self._texts.append(f"NULL::text AS x_{target}")
            self._values.append(f"{fixed or 'NULL'}::{TYPES[target]} AS {target}")
            return
        self._texts.append(f"{text} AS x_{target}")
        names = {"x": f"t.x_{target}", "y": f"t.y_{target}"}
        if spec.transform in ("lookup", "disposition"):
            self._values.append(f"{self._lookup(spec, names['x'])}::{TYPES[target]} AS {target}")
            return
        if spec.transform == "one_of":
            self._values.append(f"(lower({names['x']}) = ANY({self._bind(list(spec.words))}::text[])) AS {target}")
            return
        template = TEMPLATES[spec.transform]
        if spec.transform in ("money", "magnitude"):
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
        cells = [
            f"CASE WHEN lower({text}) = ANY({self._bind(list(one.words or YES))}::text[])"
            f" THEN {self._bind(one.tag)} END"
            for one in self._found.mapping.tags
            if (text := self._text((one.column,))) is not None
        ]
        prefix = self._found.mapping.tag_prefix
        cells += [
            f"{self._bind(name[len(prefix) :] + '=')} || {self._cell.format(place)}"
            for name, place in self._found.positions.items()
            if prefix and name.lower().startswith(prefix)
        ]
        listed = self._text(self._found.mapping.fields.get("tags", Field(())).sources)
        parts = [f"array_remove(ARRAY[{', '.join(cells)}], NULL)"] if cells else []
        if listed is not None:
            parts.append(f"({TAGS.format(x=listed)})")
        self._texts.append(f"{' || '.join(parts) or chr(39) + '{}' + chr(39) + '::text[]'} AS platform_tags")

    def _asides(self) -> None:
        """Which rows are no calls of their own: parts of other calls, other records, corrections."""
        out, mapping, places = self._out.fragments, self._found.mapping, self._found.positions
        children, left_out = mapping.children, mapping.leave_out
        out["child"] = out["is_child"] = out["is_left_out"] = ""
        if children and {children.id, children.parent} <= set(places):
            out["child"] = f"LEFT JOIN import_child l ON l.c{places[children.parent]} = s.c{places[children.id]}"
            out["is_child"] = f"s.c{places[children.parent]} <> ''"
            if children.where in places:
                out["is_child"] += f" AND {self._is_one_of(children.where, children.words)}"
        if left_out and left_out[0] in places:
            out["is_left_out"] = self._is_one_of(*left_out)
        corrects = self._text(mapping.fields.get("corrects", Field(())).sources)
        out["is_correction"] = f"btrim({corrects}) <> ''" if corrects else ""

    def _bills(self) -> None:
        """How usage records that are on a bill find their service and invoice."""
        out = self._out.fragments
        out["bills"] = ""
        out["billed_with"] = "NULL::bigint AS service_id, NULL::bigint AS invoice_id, NULL::timestamptz AS invoiced_at"
        if "invoice_number" not in self._found.mapping.fields:
            return
        out["bills"] = (
            "LEFT JOIN billing_service sv ON sv.customer_id = cu.id AND sv.number = p.service"
            " LEFT JOIN billing_invoice iv ON iv.number = p.invoice_number AND iv.customer_id = cu.id"
        )
        out["billed_with"] = "sv.id AS service_id, iv.id AS invoice_id, iv.issued_at AS invoiced_at"
        wrong = "j.invoice_number IS NOT NULL AND j.invoice_id IS NULL AND j.customer_id IS NOT NULL"
        wrong += " AND j.row_currency IS NOT NULL AND j.occurred_at BETWEEN '1990-01-01' AND '2100-01-01'"
        self._suspect.append(f"({wrong})")
        self._faults.append(f"CASE WHEN {wrong} THEN 'INVOICE_OF_ANOTHER:customer' END")

    def _is_one_of(self, column: str, words: Sequence[str]) -> str:
        return f"lower(btrim(s.c{self._found.positions[column]})) = ANY({self._bind(list(words))}::text[])"


def _sides(caller: str | None, called: str | None) -> str:
    """Which way a call went: an extension has two to six digits."""
    inside, onward = (f"{text} ~ '^(Ext[.])?[0-9]{{2,6}}$'" for text in (caller, called))
    return f"CASE WHEN {inside} AND {onward} THEN 'internal' WHEN {inside} THEN 'outbound' ELSE 'inbound' END"


def compile_format(recognized: Recognized, headers: Sequence[str], *, as_json: bool, trim: bool) -> Compiled:
    """The fragments for files of this format with these columns staged; ``trim`` where cells hold spaces around."""
    return _Compiler(recognized, headers, as_json=as_json, trim=trim).run()
