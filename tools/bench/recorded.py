"""The statements behind a request, as scripts for pgbench: the same texts with the same values, nothing around them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from makegood.kernel import prepared
from makegood.project.database_url import ONE_PLAN
from makegood.project.postgres import binaries

_NUMBERED = re.compile(r"\$(?P<place>[0-9]+)")
_RATE = re.compile(r"^tps = (?P<rate>[0-9.]+)", re.MULTILINE)
_DONE = re.compile(r"^number of transactions actually processed: (?P<done>[0-9]+)", re.MULTILINE)
_ONCE_A_MINUTE = b"parties_token_use"
"""What a request does once in a while only: taking a part of the token's minute."""


@dataclass(frozen=True)
class Said:
    """A statement with numbered parameters: their values, and what the server was given for them."""

    query: str
    values: Sequence[Any]
    written: Sequence[bytes | None]


Told = list[list[Said]]
"""The statements in their order; those that were sent in one go stand together."""


@contextmanager
def recorded() -> Iterator[Told]:
    """The prepared statements that this process runs inside the block."""
    told: Told = []
    bound, sent_together = prepared.bound, prepared.sent_together

    def noted(raw: Any, statement: prepared.Statement, params: Mapping[str, Any]) -> list[Any]:
        written = bound(raw, statement, params)
        if _ONCE_A_MINUTE in statement.query:
            return written
        told.append([Said(statement.query.decode(), [params[name] for name in statement.names], written)])
        return written

    def noted_together(raw: Any, statements: Sequence[prepared.Statement], given: Sequence[list[Any]]) -> Any:
        told[-len(statements) :] = [[said for (said,) in told[-len(statements) :]]]
        return sent_together(raw, statements, given)

    with mock.patch.multiple(prepared, bound=noted, sent_together=noted_together):
        yield told


@dataclass
class Script:
    """A script in the making. ``varying`` gives for a value of the recorded request what stands in its place."""

    varying: Mapping[Any, str]
    lines: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)

    def add(self, statements: Sequence[Said], *, keeps: bool = False) -> None:
        """One statement, or several in one go; ``keeps`` lets what it answers be used by those that follow."""
        texts = [self._text(said) for said in statements]
        if len(texts) == 1:
            self.lines.append(texts[0] + (" \\gset" if keeps else ";"))
        else:
            self.lines += ["\\startpipeline", *(f"{text};" for text in texts), "\\endpipeline"]

    def _text(self, said: Said) -> str:
        bare = "\n".join(line for line in said.query.splitlines() if not line.lstrip().startswith("--"))
        return _NUMBERED.sub(lambda match: self._value(said, int(match["place"]) - 1), bare)

    def _value(self, said: Said, place: int) -> str:
        value, written = said.values[place], said.written[place]
        one = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(one, int | str) and not isinstance(one, bool) and one in self.varying:
            text = self.varying[one]
            return f"('{{' || {text} || '}}')" if one is not value else text
        if not written:
            return "nullif(:nothing, 'nothing')" if written is None else "''"
        return f":{self._constant(written.decode())}"

    def _constant(self, value: str) -> str:
        for name, known in self.constants.items():
            if known == value:
                return name
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name


@dataclass(frozen=True)
class Benched:
    """What pgbench did: transactions, and how many in a second."""

    done: int
    per_second: float


def bench(script: Script, file: Path, *, each: int, clients: int) -> Benched:
    """Let ``clients`` run the script ``each`` times, with prepared statements; ``:i`` counts them per client."""
    file.write_text("\n".join(["\\set i :i + 1", "\\set n :client_id * :each + :i", *script.lines]) + "\n")
    program = binaries.find().program("pgbench")
    found = program if program.exists() else Path(shutil.which("pgbench") or program)
    values = {"i": "-1", "each": str(each), "nothing": "nothing", **script.constants}
    command: list[str | Path] = [found, "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=1"]
    command += [f"--transactions={each}", f"--file={file}"]
    command += [f"--define={name}={value}" for name, value in values.items()]
    answer = subprocess.run(
        [*command, os.environ["DATABASE_URL"]],
        capture_output=True,
        text=True,
        env={**os.environ, "PGOPTIONS": ONE_PLAN},
    )
    rate, done = _RATE.search(answer.stdout), _DONE.search(answer.stdout)
    if rate is None or done is None or int(done["done"]) != each * clients:
        raise RuntimeError(f"pgbench stopped early: {answer.stdout}{answer.stderr}")
    return Benched(int(done["done"]), float(rate["rate"]))
