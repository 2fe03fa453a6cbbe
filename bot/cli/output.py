"""What all commands print alike: progress bars on a terminal, plain lines elsewhere, never a control character."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import TextIOWrapper

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.logs import escape_controls

STDOUT = Console(highlight=False, soft_wrap=True, emoji=False)
STDERR = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

Advance = Callable[[int, int | None], None]


def make_output_safe() -> None:
    """Lets no character fail: UTF-8 into files and pipes, replacements on a terminal with another encoding."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, TextIOWrapper):
            continue  # replaced by whoever runs this program, as test runners do
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def progress_bar(title: str) -> Generator[Advance]:
    """A bar on standard error; call the given function with (done, total or None)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=STDERR, transient=False) as progress:
        task = progress.add_task(title, total=None)

        def advance(done: int, total: int | None) -> None:
            progress.update(task, completed=done, total=total)

        yield advance


def printable(text: str) -> str:
    """Lines as they are, without the control characters that titles and addresses may carry."""
    return "\n".join(escape_controls(line) for line in text.split("\n"))


def echo(line: str = "") -> None:
    """Prints a line of the answer on standard output."""
    STDOUT.print(printable(line), markup=False)


def echo_error(sentence: str) -> None:
    """Prints what went wrong on standard error."""
    STDERR.print(printable(sentence), markup=False)
