"""The log: a line a person can read, or one JSON object a line; never a secret."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal, TextIO

LEVEL_COLOURS = {"WARNING": "\x1b[33m", "ERROR": "\x1b[31m", "CRITICAL": "\x1b[31m"}
PLAIN = "\x1b[0m"


class TextFormatter(logging.Formatter):
    """`12:03:41 info  bot.ingest.poller: blog: 2 new` with the level in colour on a terminal."""

    def __init__(self, *, colour: bool) -> None:
        super().__init__()
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, with its traceback below."""
        when = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        level = f"{record.levelname.lower():7}"
        if self._colour and record.levelname in LEVEL_COLOURS:
            level = f"{LEVEL_COLOURS[record.levelname]}{level}{PLAIN}"
        line = f"{when} {level} {record.name}: {record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (ISO 8601, UTC), level, logger, message, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


class HideSecret(logging.Filter):
    """Replaces a secret wherever a library might write it into the log."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record pass, without the secret."""
        message = record.getMessage()
        if self._secret in message:
            record.msg, record.args = message.replace(self._secret, "[secret]"), ()
        return True


def set_up(level: str, form: Literal["text", "json"], *, secret: str = "", stream: TextIO = sys.stderr) -> None:
    """Sends the log of the whole process to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter(colour=stream.isatty()))
    if secret:
        handler.addFilter(HideSecret(secret))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # These tell every frame and every statement at "info" or "debug"; their warnings matter.
    for name in ("discord.gateway", "discord.client", "aiosqlite", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
