"""Each check reports what it is for, and nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.checks.__main__ import CHECKS, run
from tools.checks.money import check_money
from tools.checks.names import check_name
from tools.checks.scope import check_objects
from tools.checks.sizes import check_file, check_functions
from tools.checks.source import Finding, Source


def function_of(lines: int) -> str:
    return "def long():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize(
    ("check", "path", "text", "expected"),
    [
        pytest.param(check_file, "makegood/web/a.py", "\n" * 400, [], id="400 lines"),
        pytest.param(check_file, "makegood/web/a.py", "\n" * 401, ["warning: 401 lines"], id="401 lines"),
        pytest.param(check_file, "makegood/web/a.py", "\n" * 601, ["601 lines"], id="601 lines"),
        pytest.param(check_file, "makegood/a/b.sql", "\n" * 601, ["601 lines"], id="601 lines of SQL"),
        pytest.param(check_file, "makegood/a/tests/test_b.py", "\n" * 501, ["501 lines"], id="501 lines of tests"),
        pytest.param(check_file, "makegood/a/migrations/0001_initial.py", "\n" * 601, [], id="migration"),
        pytest.param(check_functions, "a.py", function_of(40), [], id="40-line function"),
        pytest.param(check_functions, "a.py", function_of(41), ["warning: long() has 41"], id="41-line function"),
        pytest.param(check_functions, "a.py", function_of(71), ["long() has 71"], id="71-line function"),
        pytest.param(check_functions, "a.py", "async " + function_of(71), ["long() has 71"], id="async function"),
        pytest.param(check_name, "makegood/web/utils.py", "", ['"utils.py" says nothing'], id="utils"),
        pytest.param(check_name, "makegood/web/date_helpers.py", "", ['"date_helpers.py"'], id="helpers"),
        pytest.param(check_name, "makegood/common/x.py", "", ['"common"'], id="directory"),
        pytest.param(check_name, "makegood/web/misconduct.py", "", [], id="only the start of a word"),
        pytest.param(check_objects, "makegood/web/views/a.py", "A.objects.all()", [".objects outside"], id="view"),
        pytest.param(check_objects, "makegood/web/a.py", "A._default_manager", ["._default_manager"], id="manager"),
        pytest.param(check_objects, "makegood/parties/selectors.py", "A.objects.all()", [], id="selectors"),
        pytest.param(check_objects, "makegood/disputes/operations/submit.py", "A.objects", [], id="operations"),
        pytest.param(check_objects, "makegood/web/tests/test_a.py", "A.objects", [], id="tests"),
        pytest.param(check_objects, "tools/bench/a.py", "A.objects", [], id="tools"),
        pytest.param(check_money, "makegood/kernel/money.py", "a / b", ["/ near money"], id="division"),
        pytest.param(check_money, "makegood/kernel/money.py", "a /= b", ["/ near money"], id="division in place"),
        pytest.param(check_money, "makegood/kernel/money.py", "a // b", [], id="integer division"),
        pytest.param(check_money, "makegood/ledger/posting.py", "a = 0.5", ["a float near money"], id="literal"),
        pytest.param(check_money, "makegood/ledger/posting.py", "float(a)", ["float near money"], id="conversion"),
        pytest.param(check_money, "makegood/ledger/x.sql", "a::float8", ["float8", "::float"], id="SQL"),
        pytest.param(check_money, "makegood/web/pages.py", "a / b", [], id="elsewhere"),
        pytest.param(check_money, "makegood/ledger/tests/test_a.py", "0.5", [], id="tests of money"),
    ],
)
def test_check(check: Callable[[Source], Iterator[Finding]], path: str, text: str, expected: list[str]) -> None:
    found = [str(finding).partition(": ")[2] for finding in check(Source(path, text))]
    assert len(found) == len(expected)
    for message, start in zip(sorted(found), sorted(expected), strict=True):
        assert message.startswith(start)


def test_run_reads_the_tree_and_applies_every_check(tmp_path: Path) -> None:
    (tmp_path / "makegood" / "web").mkdir(parents=True)
    (tmp_path / "makegood" / "web" / "utils.py").write_text("A.objects.all()\n")
    count, findings = run(tmp_path)
    assert count == 1
    assert len(findings) == 2
    assert len(CHECKS) == 5
