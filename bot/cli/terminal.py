"""Styles and progress bars on a terminal; plain lines elsewhere. Not for `run`, which shows neither."""

import itertools
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

import click

from bot.cli.output import printable

Advance = Callable[[int, int | None], None]


@contextmanager
def progress_bar(title: str) -> Generator[Advance]:
    """Shows a bar on standard error; the yielded function takes (done, total or None)."""
    # A bar over an endless iterable has no length until the first total is known.
    with click.progressbar(itertools.repeat(None), label=title, file=sys.stderr, show_pos=True) as bar:

        def advance(done: int, total: int | None) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield advance


def styled(text: str, *, colour: str | None = None, bold: bool = False, dim: bool = False) -> str:
    """Text for `echo_styled`, printable and marked with a style."""
    return click.style(printable(text), fg=colour, bold=bold or None, dim=dim or None)


def echo_styled(*parts: str) -> None:
    """Prints a line of styled parts on standard output; without its styles where that is not a terminal."""
    click.echo("".join(parts), color=False if os.environ.get("NO_COLOR") else None)
