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
from collections.abc import Callable, Coroutine
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    demo = add("demo", "Show the bot in a browser, with a sample blog; no token, no account, no network.")
    demo.add_argument("--port", type=int, help="the page's port (default: any free one)")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")

    init = add("init", "Write a configuration: five questions, the feed, topics and actions of your blog.")
    init.add_argument("--organisation", help="its name, as members know it")
    init.add_argument("--blog", metavar="URL", help="the blog's address; its feed is found from there")
    init.add_argument("--language", choices=("en", "ko"), help="where Discord does not say a language")
    init.add_argument("--contact", help="who runs this copy, for the sites that it reads")
    init.add_argument("--output", metavar="FILE", type=Path, help="the file to write")

    check = add("check", "Check configuration, database, feeds and token, one line each.")
    check.add_argument("url", nargs="?", help="examine this address alone: feed, web page, sitemap or article")
    check.add_argument("--offline", action="store_true", help="leave out what needs the network")
    status = add("status", "Report health, waiting posts and feeds of this installation.")
    status.add_argument("--json", action="store_true", help="one JSON object, for programs")

    _add_articles(add)
    add("backup", "Copy the database, also while the bot runs.").add_argument("file", help="where the copy goes")
    add("restore", "Install a backup as the database; the bot must not run.").add_argument("file", help="the backup")
    return parser


def _add_articles(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """The commands about the stored articles."""
    bring_in = add("import", "Import articles (or subscriptions) from the web or from a file.")
    bring_in.add_argument("source", help="a feed, sitemap, list page or article (https://...), or a JSON Lines file")
    bring_in.add_argument("--since", metavar="YYYY-MM-DD", help="leave out articles older than this day")
    bring_in.add_argument("--limit", type=_count, metavar="N", help="import at most N articles")
    bring_in.add_argument("--dry-run", action="store_true", help="only report what would be imported")
    bring_in.add_argument("--feed", help="the feed's key the articles belong to (default: the first one)")
    bring_in.add_argument("--subscriptions", action="store_true", help="the file holds subscriptions, not articles")
    export = add("export", "Write articles (or subscriptions) as JSON Lines.")
    export.add_argument("file", nargs="?", default="-", help="where to write (default: standard output)")
    export.add_argument("--subscriptions", action="store_true", help="write subscriptions, not articles")

    search = add("search", "Answer a question from the stored articles.")
    search.add_argument("words", nargs="+", help="what you would ask")
    search.add_argument("--topic", help="only articles on this topic (its key)")
    search.add_argument("--year", type=int, help="only articles of this year")
    search.add_argument("--limit", type=_count, metavar="N", default=5, help="at most N answers (default: 5)")
    search.add_argument("--json", action="store_true", help="one JSON object, for programs")
    search.add_argument("--explain", action="store_true", help="explain the ranking")

    recheck = add("recheck", "Read an article's page again now: for a correction, or to see whether it is gone.")
    recheck.add_argument("url", type=_web_address, help="the article's address")
    withdraw = add("withdraw", "Withdraw an article: its posts are replaced or deleted in every channel.")
    withdraw.add_argument("url", type=_web_address, help="the article's address")
    withdraw.add_argument("--dry-run", action="store_true", help="only show which posts it would change")
    withdraw.add_argument("--erase-now", action="store_true", help="erase its words from the database at once")
    reinstate = add("reinstate", "Bring a withdrawn article back, with its posts.")
    reinstate.add_argument("url", type=_web_address, help="the article's address")


def _web_address(typed: str) -> str:
    from bot.urls import is_web_url

    if not is_web_url(typed):
        raise argparse.ArgumentTypeError(
            f'"{typed}" is not a web address; write the article\'s own, beginning with https://'
        )
    return typed


def _count(typed: str) -> int:
    if not typed.isascii() or not typed.isdecimal() or int(typed) < 1:
        raise argparse.ArgumentTypeError(f'"{typed}" is not a count; write a whole number, 1 or more')
    return int(typed)


def dispatch(arguments: argparse.Namespace) -> int:
    """Runs the chosen command and returns its exit code."""
    import asyncio
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
    # Imports only what the chosen command needs: a quick start, and little memory for `run`.
    module, function = COMMANDS[arguments.command].split(":")
    command: Callable[[Settings, argparse.Namespace], int | Coroutine[Any, Any, int]]
    command = getattr(import_module(module), function)
    try:
        result = command(settings, arguments)
        return result if isinstance(result, int) else asyncio.run(result)
    except (sqlite3.Error, OSError) as error:
        echo_error(f"{settings.database} or a file could not be used: {error}. Check the disk and its permissions.")
        return FAILED


def main() -> int:
    """Entry of the console script; what an operator can do something about becomes a sentence."""
    try:
        if hasattr(signal, "SIGHUP"):  # not on Windows; a closed terminal ends the process as Ctrl-C does
            signal.signal(signal.SIGHUP, signal.default_int_handler)
        arguments = build_parser().parse_args()

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
    except KeyboardInterrupt:
        return STOPPED


if __name__ == "__main__":
    sys.exit(main())
