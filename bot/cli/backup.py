"""`herald backup FILE`: a copy of the database, also while the bot runs."""

import argparse
import sqlite3
from pathlib import Path

from bot.cli.output import echo, echo_error, progress_bar
from bot.config.settings import Settings
from bot.store.backup import copy_database


def backup(settings: Settings, arguments: argparse.Namespace) -> int:
    """Copies the database to the named file. 0: done, 1: it could not be done."""
    target = Path(arguments.file)
    if not settings.database.exists():
        echo_error(f"There is no database at {settings.database} yet; `herald run` makes it.")
        return 1
    try:
        with progress_bar("Copying the database") as advance:
            size = copy_database(settings.database, target, advance)
    except FileExistsError:
        echo_error(f"{target} exists already; choose another name, or move that file away.")
        return 1
    except (sqlite3.Error, OSError) as error:
        echo_error(f"The copy could not be made: {error}. Nothing was left at {target}.")
        return 1
    echo(f"{target}: {size / 1_000_000:.1f} MB, checked.")
    return 0
