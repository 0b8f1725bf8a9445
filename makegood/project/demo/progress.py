"""What the demo says while it gets ready, on stderr only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_PAUSE_S = 0.2


@contextmanager
def step(sentence: str, total: int = 0) -> Iterator[Callable[[int], None]]:
    """Announce a step; the block may tell how far it is. On a terminal the line counts up."""
    started = time.monotonic()
    shown = started
    counts = sys.stderr.isatty() and total > 0

    def told(done: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if counts and now - shown >= _PAUSE_S:
            shown = now
            click.echo(f"\r{sentence} {done * 100 // total}%", err=True, nl=False)

    if counts:
        click.echo(sentence, err=True, nl=False)
    yield told
    taken = time.monotonic() - started
    click.echo(f"{chr(13) if counts else ''}{sentence} {taken:.1f} s", err=True)
