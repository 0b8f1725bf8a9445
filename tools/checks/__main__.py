"""`python -m tools.checks`: run every check over the source; exit status 1 if one fails."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from tools.checks import money, names, scope, sizes
from tools.checks.source import Finding, Source, read_all

ROOT = Path(__file__).resolve().parents[2]
CHECKS: tuple[Callable[[Source], Iterator[Finding]], ...] = (
    sizes.check_file,
    sizes.check_functions,
    names.check_name,
    scope.check_objects,
    money.check_money,
)


def run(root: Path) -> tuple[int, list[Finding]]:
    """How many files were read, and everything found in them."""
    sources = list(read_all(root))
    return len(sources), [finding for source in sources for check in CHECKS for finding in check(source)]


def main() -> None:
    """Print the findings."""
    count, findings = run(ROOT)
    for finding in findings:
        click.echo(str(finding), err=not finding.warns)
    failed = sum(not finding.warns for finding in findings)
    click.echo(f"{count} files checked, {failed} findings, {len(findings) - failed} warnings.")
    # A run that looked at nothing has not passed.
    sys.exit(1 if failed or not count else 0)


if __name__ == "__main__":
    main()
