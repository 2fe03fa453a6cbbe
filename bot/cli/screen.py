"""What all commands show alike: progress bars on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

OUTPUT = Console(highlight=False, soft_wrap=True, emoji=False)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

Advance = Callable[[int, int | None], None]


@contextmanager
def progress_bar(title: str) -> Generator[Advance]:
    """A bar on standard error; call the given function with (done, total or None)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, transient=False) as progress:
        task = progress.add_task(title, total=None)

        def advance(done: int, total: int | None) -> None:
            progress.update(task, completed=done, total=total)

        yield advance


def say(line: str = "") -> None:
    """Prints a line of the answer, as it is, on standard output."""
    OUTPUT.print(line, markup=False)


def complain(sentence: str) -> None:
    """Says what went wrong, on standard error."""
    ERRORS.print(sentence, markup=False)
