"""Log output: plain text or one JSON object per line, without secrets and forged lines."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Literal, TextIO, cast

LEVEL_COLOURS = {"WARNING": "\x1b[33m", "ERROR": "\x1b[31m", "CRITICAL": "\x1b[31m"}
RESET = "\x1b[0m"
INDENT = "    "

# Everything that moves a terminal's cursor, changes its colours, breaks a line or reverses the reading direction.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# The tokens of interactions and webhooks: in addresses of requests, and in what the gateway sends.
_TOKENS = (
    (re.compile(r"(/(?:interactions|webhooks)/\d+/)[\w.%-]+"), r"\1[token]"),
    (re.compile(r"""(["']token["']\s*:\s*["'])[^"']+"""), r"\1[token]"),
)


# Messages of these quote the input that they refuse, which may be words of an article or of a member.
_QUOTING = (ValueError, LookupError, SyntaxError)


def error_text(error: BaseException) -> str:
    """The message of an error for the log: status and code of Discord's answers, the type where it quotes input.

    What is withdrawn would otherwise stay in the log.
    """
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    if isinstance(status, int) and isinstance(code, int):
        return f"status {status}, code {code}"
    return f"{type(error).__name__} (message not logged)" if isinstance(error, _QUOTING) else str(error)


def _message(record: logging.LogRecord) -> str:
    if isinstance(record.args, tuple):
        shown = tuple(error_text(one) if isinstance(one, BaseException) else one for one in record.args)
        return str(record.msg) % shown if shown else str(record.msg)
    return record.getMessage()


def _traceback(error: BaseException) -> str:
    """The frames of an error and of those that led to it, the first one first."""
    parts: list[str] = []
    shown: BaseException | None = error
    seen: set[int] = set()
    while shown is not None and id(shown) not in seen:
        seen.add(id(shown))
        frames = "".join(traceback.format_tb(shown.__traceback__))
        parts.insert(0, f"Traceback (most recent call last):\n{frames}{type(shown).__name__}: {error_text(shown)}")
        if isinstance(shown, BaseExceptionGroup):
            parts.extend(_traceback(one) for one in cast("BaseExceptionGroup[BaseException]", shown).exceptions)
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)
    return "\n".join(parts)


def escape_controls(text: str) -> str:
    """The text on one line, with its control characters escaped, so that it cannot control a terminal."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


class RedactingFormatter(logging.Formatter):
    """Formats records without the bot's token and those of interactions and webhooks."""

    def __init__(self, secret: str, *, colour: bool = False) -> None:
        super().__init__()
        self._secret, self._colour = secret, colour

    def redacted(self, text: str) -> str:
        """The text without tokens."""
        if self._secret:
            text = text.replace(self._secret, "[secret]")
        for pattern, replacement in _TOKENS:
            text = pattern.sub(replacement, text)
        return text


class TextFormatter(RedactingFormatter):
    """`2026-05-04 12:03:41 info    bot.ingest.poller: feed blog: 2 new` with the level in colour on a terminal.

    Tracebacks follow indented, so that no text in them can imitate a line of the log.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, with its traceback below."""
        when = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        level = f"{record.levelname.lower():7}"
        if self._colour and record.levelname in LEVEL_COLOURS:
            level = f"{LEVEL_COLOURS[record.levelname]}{level}{RESET}"
        lines = [f"{when} {level} {record.name}: {escape_controls(self.redacted(_message(record)))}"]
        if record.exc_info and record.exc_info[1]:
            trace = self.redacted(_traceback(record.exc_info[1]))
            lines += [INDENT + escape_controls(line) for line in trace.split("\n")]
        return "\n".join(lines)


class JsonFormatter(RedactingFormatter):
    """One JSON object per line: time (ISO 8601, UTC), level, logger, message, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.redacted(_message(record)),
        }
        if record.exc_info and record.exc_info[1]:
            fields["error"] = self.redacted(_traceback(record.exc_info[1]))
        return escape_controls(json.dumps(fields, ensure_ascii=False))


def set_up_logging(
    level: str, form: Literal["text", "json"], *, secret: str = "", stream: TextIO | None = None
) -> None:
    """Sends the log of the whole process to `stream`, standard error unless given."""
    handler = logging.StreamHandler(stream)
    colour = handler.stream.isatty()
    handler.setFormatter(JsonFormatter(secret) if form == "json" else TextFormatter(secret, colour=colour))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # These log every frame and every statement at "info" or "debug"; only their warnings matter.
    for name in ("discord.gateway", "discord.client", "aiosqlite", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
