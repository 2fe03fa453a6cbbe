"""The log and the terminal: no forged line, no terminal escape, no token; a line carries date and time."""

import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.output import printable
from bot.logs import JsonFormatter, escape_controls, set_up_logging

SECRET = "MTA0.secret-token.of-the-bot"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (debug|info|warning|error|critical) +[\w.]+: ")


@pytest.fixture(autouse=True)
def same_logging_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def logged(form: str, write: str, *arguments: object, error: Exception | None = None) -> str:
    stream = io.StringIO()
    set_up_logging("debug", "json" if form == "json" else "text", secret=SECRET, stream=stream)
    logging.getLogger("bot.test").error(write, *arguments, exc_info=error)
    return stream.getvalue()


@pytest.mark.parametrize(
    "hostile",
    [
        "title\n2026-05-04 12:00:00 info    bot: all well",
        "title\r2026-05-04 12:00:00 info    bot: all well",
        "\x1b[2J\x1b]0;owned\x07",
        "\x9b31mred",
        "line\u2028separator",
        "\u202egnp.exe",
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_outside_text_stays_on_its_line_and_cannot_drive_a_terminal(form: str, hostile: str) -> None:
    output = logged(form, "article %s", hostile)

    assert len(output.splitlines()) == 1
    assert output.count("\n") == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", output)


def test_a_traceback_is_indented_so_that_no_text_in_it_passes_for_a_line() -> None:
    forged = "2026-05-04 12:00:00 info    bot: all well"
    lines = logged("text", "failed", error=ValueError(f"bad\n{forged}\x1b[2J")).splitlines()

    assert LINE.match(lines[0])
    assert not any(LINE.match(line) for line in lines[1:])
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("form", ["text", "json"])
def test_tokens_appear_neither_in_messages_nor_in_tracebacks(form: str) -> None:
    interaction = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5"
    address = f"https://discord.com/api/v10/interactions/123/{interaction}/callback"
    output = logged(
        form,
        "%s %s",
        f"PATCH https://discord.com/api/v10/webhooks/123/{interaction}/messages/@original",
        {"token": interaction, "authorization": f"Bot {SECRET}"},
        error=OSError(f"POST {address} with {SECRET}"),
    )

    assert SECRET not in output
    assert interaction not in output
    assert "[token]" in output


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("as_argument", [True, False])
def test_no_error_that_quotes_its_input_or_discords_answer_brings_its_words_into_the_log(
    form: str, *, as_argument: bool
) -> None:
    answer = discord.HTTPException(
        SimpleNamespace(status=400, reason="Bad Request"),  # pyright: ignore[reportArgumentType]
        {"code": 50035, "message": "Jane Quimby"},
    )
    answer.__cause__ = KeyError("Jane Quimby")
    answer.__cause__.__context__ = ValueError("Jane Quimby")
    arguments = (answer,) if as_argument else ()
    output = logged(form, "failed: %s" if as_argument else "failed", *arguments, error=None if as_argument else answer)

    assert "Jane Quimby" not in output
    assert "status 400, code 50035" in output
    assert as_argument or ("KeyError" in output and "ValueError" in output)


def test_the_messages_of_other_errors_stay_in_the_log() -> None:
    assert "no space left" in logged("text", "failed: %s", OSError("no space left"))


def test_json_lines_have_stable_fields() -> None:
    fields = json.loads(logged("json", "feed %s: 304", "blog"))

    assert list(fields) == ["time", "level", "logger", "message"]
    assert fields["message"] == "feed blog: 304"


@given(st.text())
def test_escaped_text_is_one_line_without_control_characters(text: str) -> None:
    escaped = escape_controls(text)

    assert len(escaped.splitlines()) <= 1
    assert all(character == "\t" or character.isprintable() or character > "\x9f" for character in escaped)


@given(st.text(alphabet=st.characters(blacklist_characters="\\")))
def test_printable_keeps_line_breaks(text: str) -> None:
    assert printable(text).count("\n") == text.count("\n")


def test_an_empty_secret_redacts_nothing() -> None:
    assert JsonFormatter("").redacted("as it is") == "as it is"


WORDS = {"title", "url", "final_url", "summary", "body", "text", "detail", "query"}
ROOT = Path(__file__).parents[1]


def words_logged(source: str) -> list[str]:
    """Arguments of log calls that may be words of an article, an address with a slug, or what a member typed."""
    found: list[str] = []
    for call in ast.walk(ast.parse(source)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if not (isinstance(call.func.value, ast.Name) and call.func.value.id == "log"):
            continue
        for argument in call.args:
            name = argument.attr if isinstance(argument, ast.Attribute) else getattr(argument, "id", "")
            if name in WORDS:
                found.append(ast.unparse(call))
    return found


def test_the_search_for_words_in_log_lines_finds_them() -> None:
    assert len(words_logged('log.info("a %s", article.title)\nlog.info("b %s", url)\nlog.info("c", article.id)')) == 2


def test_log_lines_carry_ids_instead_of_titles_and_addresses() -> None:
    """What is withdrawn cannot be withdrawn from a log."""
    allowed = {"log.warning('channel %d: %s %s', subscription.channel_id, kind, detail)"}  # names of permissions
    paths = [*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/**/*.py")]
    found = [line for path in paths for line in words_logged(path.read_text("utf-8"))]
    assert set(found) - allowed == set()
