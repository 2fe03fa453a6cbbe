"""`herald recheck URL`: read an article's page again now."""

import argparse
import time

from bot.app.core import open_core
from bot.app.ingestion import open_web
from bot.cli.output import UNKNOWN_ARTICLE, echo, echo_error
from bot.config.settings import Settings
from bot.ingest.rechecker import CheckResult
from bot.store.identities import Identities
from bot.urls import canonical_key

SENTENCES = {
    CheckResult.UNCHANGED: "The page has not changed.",
    CheckResult.EDITED: "The page has changed; the article is updated, and its posts follow.",
    CheckResult.MISSING: (
        "The page is missing. It is checked once more in a few minutes (watch.withdraw_after); if it is still missing"
        " then and its feed no longer lists it, the article is withdrawn."
    ),
    CheckResult.SUSPENDED: (
        "The page is missing, but too many pages of its site are: nothing is withdrawn automatically."
        " If the article was taken down on purpose, withdraw it."
    ),
    CheckResult.WITHDRAWN: "The page is gone, and the article is withdrawn.",
    CheckResult.FAILED: "The page could not be read now; it is tried again later.",
}


async def recheck(settings: Settings, arguments: argparse.Namespace) -> int:
    """0: the page was read or is confirmed to be gone, 1: unknown article or no answer."""
    url = arguments.url
    async with open_core(settings, clock=time.time) as core:
        key = canonical_key(url)
        article_id = (await Identities(core.database).known_keys([key])).get(key)
        if article_id is None:
            echo_error(UNKNOWN_ARTICLE.format(url=url))
            return 1
        async with open_web(core) as web:
            result = await web.rechecker.check_now(article_id)
    if result is None:
        echo_error("This article has no page of its own that could be checked.")
        return 1
    echo(SENTENCES[result])
    return 1 if result is CheckResult.FAILED else 0
