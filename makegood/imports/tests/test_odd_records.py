"""Rows that no text and no table takes: each is left out with a sentence, and the ones around it land."""

import json
from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.imports.entries import Options
from makegood.imports.errors import RejectsInTheWay
from makegood.imports.models import ImportBatch
from makegood.imports.operations import import_calls
from makegood.imports.tests.logs import CALL, Importer, call, rejected, write_csv
from makegood.imports.tests.pbx_logs import asterisk
from makegood.parties.entries import SYSTEM
from tests.world import World

NUMBER = "This line is no JSON object: it holds a number of more than 1,000 digits, or none."
DEEP = "This line is no JSON object: it is nested too deep."
NAME = "This line is no JSON object: the name of a key is no text."
WIDE = "The row holds more text in its 413 columns than can be kept. Leave out columns that say nothing of the call."
ODD = [
    ('"x": 1e200000', NUMBER),
    ('"x": {"y": 1e-999999999}', NUMBER),
    (f'"x": {"9" * 5_000}', NUMBER),
    (f'"x": -{"9" * 100_000}', NUMBER),
    (f'"x": {"[" * 900}{"]" * 900}', DEEP),
    (f'"x": {"[" * 5_000}{"]" * 5_000}', DEEP),
]
ONLY_IN_LINES = [('"x": NaN', NUMBER), ('"x": [-Infinity]', NUMBER), (r'"no\ud800te": "x"', NAME)]


def around(odd: str) -> list[str]:
    """Three records as JSON; the second one has the odd member."""
    lines = [json.dumps(call(call_id=name)) for name in ("c1", "c2", "c3")]
    return [lines[0], f"{lines[1][:-1]}, {odd}}}", lines[2]]


def check_second_left_out(load: Importer, log: Path, row: str, code: str, sentence: str) -> None:
    tally = load(log).tally
    assert (tally.imported, tally.rejected) == (2, 1)
    assert [(one["row"], one["code"], one["reason"]) for one in rejected(log)] == [(row, code, sentence)]
    assert set(Charge.objects.values_list("external_id", flat=True)) == {"c1", "c3"}


@pytest.mark.parametrize(("odd", "sentence"), [*ODD, *ONLY_IN_LINES])
def test_a_line_that_cannot_be_written_again(load: Importer, log: Path, odd: str, sentence: str) -> None:
    log.write_text("\n".join(around(odd)) + "\n")
    check_second_left_out(load, log, "2", "BAD_JSON_LINE", sentence)


@pytest.mark.parametrize(("odd", "sentence"), ODD)
def test_a_record_that_cannot_be_written_again(load: Importer, log: Path, odd: str, sentence: str) -> None:
    log.write_text(f"[{','.join(around(odd))}]")
    check_second_left_out(load, log, "2", "BAD_JSON_LINE", sentence)


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_row_too_wide_for_the_table(load: Importer, log: Path, quote: str) -> None:
    header = [*CALL, *(f"note_{n}" for n in range(400))]
    rows = [[*call(call_id="c1").values(), *[""] * 400], [*call(call_id="c2").values(), *["x" * 22] * 400]]
    rows.append([*call(call_id="c3").values(), *["x" * 2_000] * 400])
    lines = [",".join(header), *(",".join(f"{quote}{cell}{quote}" for cell in row) for row in rows)]
    log.write_text("\n".join(lines) + "\n\n")
    check_second_left_out(load, log, "3", "TOO_WIDE", WIDE)


def test_so_in_json(load: Importer, log: Path) -> None:
    notes = {f"note_{n}": "x" * 22 for n in range(400)}
    log.write_text(json.dumps([call(call_id="c1"), call(call_id="c2") | notes, call(call_id="c3")]))
    check_second_left_out(load, log, "2", "TOO_WIDE", WIDE)


def test_the_rejects_never_replace_the_file_itself(load: Importer, log: Path) -> None:
    write_csv(log, [call(), call(call_id="c2", revenue="free")])
    before = log.read_bytes()
    for place in (log, log.parent / "." / log.name):
        with pytest.raises(RejectsInTheWay) as refused:
            load(log, rejects=place)
        assert refused.value.code == "REJECTS_IN_THE_WAY"
        assert refused.value.message == (
            f"The rejects cannot be written to {log}: it is the very file that is imported."
            " Name another place with --rejects."
        )
    assert (log.read_bytes(), Charge.objects.count(), ImportBatch.objects.count()) == (before, 0, 0)


def test_a_row_that_fails_twice_alike_is_one_row(load: Importer, log: Path) -> None:
    write_csv(log, [call(revenue="free", payout="free")])
    answer = load(log)
    assert answer.tally.rejected == 1
    assert answer.messages == ('Row 2: "free" in column revenue is not an amount; write it as 1234.50.',)
    assert len(rejected(log)) == 2


def test_rows_without_the_id_of_a_call_do_not_wait_for_each_other(world: World, log: Path) -> None:
    rows = [asterisk(uniqueid=" ", src=f"904555{n:04}") for n in range(6)]
    chunks: list[int] = []
    options = Options(program=world.program.key, customer="B1", currency="USD", timezone="UTC")
    path = write_csv(log, rows)
    answer = import_calls(
        SYSTEM, path=path, options=options, told=lambda done, _: chunks.append(Charge.objects.count()), chunk_rows=2
    )
    assert (answer.tally.imported, answer.tally.rejected) == (6, 0)
    assert chunks == [2, 5, 6]
