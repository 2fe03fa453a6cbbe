"""Log output: plain text or one JSON object per line, without secrets and forged lines."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Literal, TextIO

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


def escape_controls(text: str) -> str:
    """The text on one line, with its control characters escaped, so that it cannot control a terminal."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


class Redactor:
    """Replaces the bot's token, and those of interactions and webhooks, in any text."""

    def __init__(self, secret: str = "") -> None:
        self._secret = secret

    def __call__(self, text: str) -> str:
        """The text without tokens."""
        if self._secret:
            text = text.replace(self._secret, "[secret]")
        for pattern, replacement in _TOKENS:
            text = pattern.sub(replacement, text)
        return text


class TextFormatter(logging.Formatter):
    """`2026-05-04 12:03:41 info    bot.ingest.poller: feed blog: 2 new` with the level in colour on a terminal.

    Tracebacks follow indented, so that no text in them can imitate a line of the log.
    """

    def __init__(self, redact: Redactor, *, colour: bool) -> None:
        super().__init__()
        self._redact = redact
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, with its traceback below."""
        when = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        level = f"{record.levelname.lower():7}"
        if self._colour and record.levelname in LEVEL_COLOURS:
            level = f"{LEVEL_COLOURS[record.levelname]}{level}{RESET}"
        lines = [f"{when} {level} {record.name}: {escape_controls(self._redact(record.getMessage()))}"]
        if record.exc_info:
            trace = self._redact(self.formatException(record.exc_info))
            lines += [INDENT + escape_controls(line) for line in trace.split("\n")]
        return "\n".join(lines)


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time (ISO 8601, UTC), level, logger, message, error."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redact(record.getMessage()),
        }
        if record.exc_info:
            fields["error"] = self._redact(self.formatException(record.exc_info))
        return escape_controls(json.dumps(fields, ensure_ascii=False))


def set_up_logging(
    level: str, form: Literal["text", "json"], *, secret: str = "", stream: TextIO | None = None
) -> None:
    """Sends the log of the whole process to `stream`, standard error unless given."""
    redact = Redactor(secret)
    handler = logging.StreamHandler(stream)
    colour = handler.stream.isatty()
    handler.setFormatter(JsonFormatter(redact) if form == "json" else TextFormatter(redact, colour=colour))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # These log every frame and every statement at "info" or "debug"; only their warnings matter.
    for name in ("discord.gateway", "discord.client", "aiosqlite", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
