"""The command line: `herald COMMAND`, also `python -m bot COMMAND`.

Exit codes: 0 done, 1 it could not be done or problems were found, 2 usage or configuration
error, 130 stopped by Ctrl-C.

Nothing heavy is imported before the command is known: `--help` and `--version` answer at once.
"""

import argparse
import logging
import os
import platform
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config.settings import Settings

log = logging.getLogger("bot")

FAILED = 1
USAGE_ERROR = 2
STOPPED = 130
OWNER_ONLY = 0o077

# The function of each command; its module is imported when the command is chosen.
COMMANDS = {
    "run": "bot.cli.run:run",
    "check": "bot.cli.check:check",
    "import": "bot.cli.transfer:bring_in",
    "export": "bot.cli.transfer:export",
    "search": "bot.cli.search:search",
    "status": "bot.cli.status:status",
    "backup": "bot.cli.backup:backup",
    "restore": "bot.cli.backup:restore",
    "recheck": "bot.cli.recheck:recheck",
    "reinstate": "bot.cli.withdraw:reinstate",
    "withdraw": "bot.cli.withdraw:withdraw",
}


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options and help."""
    parser = argparse.ArgumentParser(
        prog="herald",
        description="Announces every new article exactly once, finds old ones, and shows what readers can do.",
    )
    parser.add_argument("--version", action="version", version=f"herald {version('herald-bot')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get("HERALD_CONFIG", "config.toml")),
        metavar="FILE",
        help="the configuration (default: config.toml, or what HERALD_CONFIG names)",
    )

    def add(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[common], help=summary, description=summary)

    add("run", "Log in to Discord and work until stopped.")
    _add_demo(add("demo", "Show the bot in a browser, with a sample blog; no token, no account, no network."))
    _add_init(add("init", "Write a configuration: five questions, the feed, topics and actions of your blog."))
    _add_check(add("check", "Check configuration, database, feeds and token, one line each."))
    _add_import(add("import", "Import articles (or subscriptions) from the web or from a file."))
    _add_export(add("export", "Write articles (or subscriptions) as JSON Lines."))
    _add_search(add("search", "Answer a question from the stored articles."))
    status = add("status", "Report health, waiting posts and feeds of this installation.")
    status.add_argument("--json", action="store_true", help="one JSON object, for programs")
    add("backup", "Copy the database, also while the bot runs.").add_argument("file", help="where the copy goes")
    add("restore", "Install a backup as the database; the bot must not run.").add_argument("file", help="the backup")
    _add_recheck(add("recheck", "Read an article's page again now: for a correction, or to see whether it is gone."))
    _add_withdraw(add("withdraw", "Withdraw an article: its posts are replaced or deleted in every channel."))
    reinstate = add("reinstate", "Bring a withdrawn article back, with its posts.")
    reinstate.add_argument("url", help="the article's address")
    return parser


def _count(typed: str) -> int:
    if not typed.isascii() or not typed.isdecimal() or int(typed) < 1:
        raise argparse.ArgumentTypeError(f'"{typed}" is not a count; write a whole number, 1 or more')
    return int(typed)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=None, help="the page's port (default: any free one)")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")


def _add_init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", default=None, help="its name, as members know it")
    parser.add_argument("--blog", metavar="URL", default=None, help="the blog's address; its feed is found from there")
    parser.add_argument("--language", choices=("en", "ko"), default=None, help="where Discord does not say a language")
    parser.add_argument("--contact", default=None, help="who runs this copy, for the sites that it reads")
    parser.add_argument("--output", metavar="FILE", type=Path, default=None, help="the file to write")


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", nargs="?", help="examine this address alone: feed, web page, sitemap or article")
    parser.add_argument("--offline", action="store_true", help="leave out what needs the network")


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="a feed, sitemap, list page or article (https://...), or a JSON Lines file")
    parser.add_argument("--since", metavar="YYYY-MM-DD", default=None, help="leave out articles older than this day")
    parser.add_argument("--limit", type=_count, metavar="N", default=None, help="import at most N articles")
    parser.add_argument("--dry-run", action="store_true", help="only report what would be imported")
    parser.add_argument("--feed", default=None, help="the feed's key the articles belong to (default: the first one)")
    parser.add_argument("--subscriptions", action="store_true", help="the file holds subscriptions, not articles")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", default="-", help="where to write (default: standard output)")
    parser.add_argument("--subscriptions", action="store_true", help="write subscriptions, not articles")


def _add_search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="+", help="what you would ask")
    parser.add_argument("--topic", default=None, help="only articles on this topic (its key)")
    parser.add_argument("--year", type=int, default=None, help="only articles of this year")
    parser.add_argument("--limit", type=_count, metavar="N", default=5, help="at most N answers (default: 5)")
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.add_argument("--explain", action="store_true", help="explain the ranking")


def _add_recheck(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="the article's address")


def _add_withdraw(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="the article's address")
    parser.add_argument("--dry-run", action="store_true", help="only show which posts it would change")
    parser.add_argument("--erase-now", action="store_true", help="erase its words from the database at once")


def dispatch(arguments: argparse.Namespace) -> int:
    """Runs the chosen command and returns its exit code."""
    import sqlite3

    from bot.cli.output import echo_error
    from bot.config.settings import load
    from bot.logs import set_up_logging

    if arguments.command == "demo":
        from bot.demo.sandbox import run_demo

        return run_demo(arguments.port, open_browser=not arguments.no_browser)
    os.umask(OWNER_ONLY)  # what Herald writes may hold withdrawn words, and is nobody else's
    if arguments.command == "init":  # there is no configuration yet
        from bot.cli.init import init

        return init(arguments)
    settings = load(arguments.config)
    secret = settings.token.get_secret_value() if settings.token else ""
    level = settings.logging.level if arguments.command == "run" else "warning"
    set_up_logging(level, settings.logging.format, secret=secret)
    log.info("herald %s, python %s, database %s", version("herald-bot"), platform.python_version(), settings.database)
    try:
        return run_command(settings, arguments)
    except (sqlite3.Error, OSError) as error:
        echo_error(f"{settings.database} or a file could not be used: {error}. Check the disk and its permissions.")
        return FAILED


def run_command(settings: "Settings", arguments: argparse.Namespace) -> int:
    """Imports only what the chosen command needs: a quick start, and little memory for `run`."""
    module, function = COMMANDS[arguments.command].split(":")
    command: Callable[[Settings, argparse.Namespace], int] = getattr(import_module(module), function)
    return command(settings, arguments)


def main() -> int:
    """Entry of the console script."""
    try:
        if hasattr(signal, "SIGHUP"):  # not on Windows; a closed terminal ends the process like a request to stop
            signal.signal(signal.SIGHUP, _stop)
        return _main(build_parser().parse_args())
    except KeyboardInterrupt:
        return STOPPED


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _main(arguments: argparse.Namespace) -> int:
    """Runs the command; what an operator can do something about becomes a sentence."""
    from bot.cli.output import echo_error, make_output_safe
    from bot.config.errors import ConfigError
    from bot.http.proxies import UnusableProxyError
    from bot.store.database import DatabaseTooNewError
    from bot.store.instance_lock import AlreadyRunningError

    make_output_safe()
    try:
        return dispatch(arguments)
    except ConfigError as error:
        echo_error(str(error))
        return USAGE_ERROR
    except (AlreadyRunningError, DatabaseTooNewError, UnusableProxyError) as error:
        echo_error(f"{error}.")
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
