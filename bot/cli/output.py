"""Lines of all commands on standard output and standard error, never with a control character."""

import sys
from io import TextIOWrapper

from bot.logs import escape_controls

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


def printable(text: str) -> str:
    """The lines without the control characters that titles and addresses may contain."""
    return "\n".join(escape_controls(line) for line in text.split("\n"))


def echo(line: str = "") -> None:
    """Prints a line of the answer on standard output."""
    print(printable(line), flush=True)


def echo_error(sentence: str) -> None:
    """Prints what went wrong on standard error."""
    print(printable(sentence), file=sys.stderr, flush=True)
