"""Output of all commands: progress bars on a terminal, plain lines elsewhere, never a control character."""

import itertools
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import TextIOWrapper

import click

from bot.logs import escape_controls

Advance = Callable[[int, int | None], None]

UNKNOWN_ARTICLE = "No article with the address {url} is stored; `herald search` finds it by its words."


def make_output_safe() -> None:
    """Prevents encoding errors: UTF-8 into files and pipes, replacement characters on other terminals."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, TextIOWrapper):
            continue  # replaced by whoever runs this program, as test runners do
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def progress_bar(title: str) -> Generator[Advance]:
    """Shows a bar on standard error; the yielded function takes (done, total or None)."""
    # A bar over an endless iterable has no length until the first total is known.
    with click.progressbar(itertools.repeat(None), label=title, file=sys.stderr, show_pos=True) as bar:

        def advance(done: int, total: int | None) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield advance


def printable(text: str) -> str:
    """The lines without the control characters that titles and addresses may contain."""
    return "\n".join(escape_controls(line) for line in text.split("\n"))


def styled(text: str, *, colour: str | None = None, bold: bool = False, dim: bool = False) -> str:
    """Text for `echo_styled`, printable and marked with a style."""
    return click.style(printable(text), fg=colour, bold=bold or None, dim=dim or None)


def echo_styled(*parts: str) -> None:
    """Prints a line of styled parts on standard output; without its styles where that is not a terminal."""
    click.echo("".join(parts), color=False if os.environ.get("NO_COLOR") else None)


def echo(line: str = "") -> None:
    """Prints a line of the answer on standard output."""
    click.echo(printable(line))


def echo_error(sentence: str) -> None:
    """Prints what went wrong on standard error."""
    click.echo(printable(sentence), err=True)
