"""The staged texts of bills as values, as SQL: trusted text over fixed columns.

``read`` makes amounts plain, ``typed`` turns texts into values, ``faults`` tells what is wrong with a text whose value
is NULL.
"""

from __future__ import annotations

from makegood.imports.policy.templates import LOCAL_TIME, MONEY_CLEAN, TEMPLATES, TIME

AMOUNTS = ("net", "tax", "gross", "total")
DAYS = ("due", "period_start", "period_end", "covers_start", "covers_end")
TIMES = ("issued", "occurred")

_IS_AMOUNT = "{y} IS NOT NULL AND {y} NOT IN ('', '.', '-') AND length({y}) <= 30"
_AMOUNT = (
    f"CASE WHEN {_IS_AMOUNT} AND scale(trim_scale({{y}}::numeric)) <= 6 AND abs({{y}}::numeric) <= %(largest)s"
    " THEN ({y}::numeric * 1000000)::bigint END"
)
_DAY = (
    "CASE WHEN {x} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}($|[T ])' AND pg_input_is_valid(left({x}, 10), 'date')"
    " THEN left({x}, 10)::date"
    " WHEN {x} ~ '^[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}($| )' AND pg_input_is_valid(split_part({x}, ' ', 1), 'date')"
    " THEN split_part({x}, ' ', 1)::date END"
)
_EXACT = (
    "CASE WHEN {x} ~ '^-?[0-9]{{1,%d}}([.][0-9]*)?$' AND scale(trim_scale({x}::numeric)) <= %d THEN {x}::numeric END"
)
_NUMBER = "CASE WHEN {x} ~ '^[0-9]{{1,18}}$' THEN {x}::bigint END"


def _faults(target: str, value: str, *cases: tuple[str, str]) -> str:
    whens = " ".join(f"WHEN {condition} THEN '{code}:{target}'" for code, condition in cases)
    return f"CASE WHEN j.{target} IS NOT NULL AND {value} IS NULL THEN CASE {whens} END END"


def _amount_faults(target: str) -> str:
    plain = f"j.y_{target}"
    return _faults(
        target,
        f"j.v_{target}",
        ("BAD_AMOUNT", f"NOT coalesce({_IS_AMOUNT.format(y=plain)}, false)"),
        ("OUT_OF_RANGE", f"abs({plain}::numeric) > %(largest)s"),
        ("AMOUNT_TOO_FINE", "true"),
    )


def _time_faults(target: str) -> str:
    gone = f"j.{target}_clock IS NOT NULL AND j.{target}_at AT TIME ZONE j.zone_name <> j.{target}_clock"
    return (
        f"CASE WHEN j.{target} IS NULL THEN NULL"
        f" WHEN j.{target}_at IS NULL OR j.{target}_at NOT BETWEEN '1990-01-01' AND '2100-01-01'"
        f" THEN 'BAD_TIME:{target}' WHEN {gone} THEN 'NONEXISTENT_TIME:{target}' END"
    )


def fragments() -> dict[str, str]:
    """The fragments of the statements by splice name."""
    read = [f"{MONEY_CLEAN.format(x=f's.{target}')} AS y_{target}" for target in AMOUNTS]
    typed = [f"{_AMOUNT.format(y=f'r.y_{target}')} AS v_{target}" for target in AMOUNTS]
    typed += [f"{_DAY.format(x=f'r.{target}')} AS {target}_day" for target in DAYS]
    for target in TIMES:
        text = f"r.{target}"
        typed.append(f"{TIME.format(x=text)} AS {target}_abs")
        typed.append(f"{LOCAL_TIME.format(x=text)} AS {target}_clock")
        typed.append(f"CASE WHEN length({text}) <= 10 THEN {_DAY.format(x=text)} END AS {target}_date")
    typed += [
        f"{_NUMBER.format(x='r.number')} AS v_number",
        f"{_NUMBER.format(x='r.line')} AS v_line",
        f"{_NUMBER.format(x='r.period_number')} AS v_period_number",
        f"{_EXACT.format(x='r.quantity') % (14, 6)} AS v_quantity",
        f"{_EXACT.format(x='r.unit_price') % (10, 10)} AS v_unit_price",
        f"{TEMPLATES['seconds'].value.format(x='r.duration_s')} AS v_duration_s",
        f"{TEMPLATES['currency'].value.format(x='r.currency')} AS v_currency",
    ]
    faults = [_amount_faults(target) for target in AMOUNTS]
    faults += [_faults(target, f"j.{target}_day", ("BAD_TIME", "true")) for target in DAYS]
    faults += [_time_faults(target) for target in TIMES]
    faults += [
        _faults("number", "j.v_number", ("BAD_BILL_NUMBER", "true")),
        _faults("period_number", "j.v_period_number", ("BAD_BILL_NUMBER", "true")),
        _faults("currency", "j.v_currency", ("UNKNOWN_CURRENCY", "true")),
        "CASE WHEN length(j.customer) > 64 THEN 'TOO_LONG:customer' END",
        "CASE WHEN length(j.service) > 64 THEN 'TOO_LONG:service' END",
        "CASE WHEN length(j.line) > 100 THEN 'TOO_LONG:line' END",
    ]
    return {"read": ",\n".join(read), "typed": ",\n".join(typed), "faults": ",\n".join(faults)}
