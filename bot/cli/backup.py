"""`herald backup FILE` and `herald restore FILE`: copies the database, also while the bot runs, and restores it."""

import argparse
import sqlite3
import time
from pathlib import Path

from bot.cli.output import echo, echo_error
from bot.cli.terminal import progress_bar
from bot.config.settings import Settings
from bot.store.backup import UnusableBackupError, copy_database, restore_database
from bot.store.instance_lock import database_lock


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


def restore(settings: Settings, arguments: argparse.Namespace) -> int:
    """Installs a backup as the database. 0: done, 1: it could not be done, or the bot runs."""
    source = Path(arguments.file)
    if not source.is_file():
        echo_error(f"There is no file {source}.")
        return 1
    with database_lock(settings.database):
        try:
            with progress_bar("Restoring the database") as advance:
                replaced = restore_database(source, settings.database, advance, time.time())
        except UnusableBackupError as error:
            echo_error(f"{source} cannot be restored: {error}.")
            return 1
        except (sqlite3.Error, OSError) as error:
            echo_error(f"{source} could not be restored: {error}. The database is as it was.")
            return 1
    echo(f"{settings.database} is restored from {source}.")
    if replaced is not None:
        echo(f"The database that was there is now {replaced}; delete it when you do not need it any more.")
    echo("Channels are looked up before anything that seems unposted is announced, so nothing is posted twice.")
    echo("Articles withdrawn after the backup are in it again: withdraw them again.")
    return 0
