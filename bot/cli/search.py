"""`herald search "words"`: the same answers as on Discord, on the terminal."""

import argparse
import json
import time
from datetime import UTC, datetime

from bot.app.core import open_core
from bot.cli.output import echo, echo_error
from bot.cli.terminal import echo_styled, styled
from bot.config.settings import Settings
from bot.models import UNKNOWN_DATE
from bot.search.results import SearchResults
from bot.store.search.filters import SearchFilters

NOTHING_FOUND = 1
WRONG_USE = 2


async def search(settings: Settings, arguments: argparse.Namespace) -> int:
    """Prints the best answers. 0: something was found, 1: nothing, 2: no such topic."""
    topics = [topic.key for topic in settings.topics]
    if arguments.topic is not None and arguments.topic not in topics:
        echo_error(f'There is no topic "{arguments.topic}"; the configuration has {", ".join(topics)}.')
        return WRONG_USE
    query = " ".join(arguments.words)
    filters = SearchFilters(topic=arguments.topic, year=arguments.year)
    async with open_core(settings, clock=time.time) as core:
        answer = await core.search.search(query, filters, limit=arguments.limit)
        if arguments.json:
            echo(json.dumps(_as_json(answer), ensure_ascii=False))
        else:
            _show(answer)
        if arguments.explain:
            for line in await core.search.explain(answer.query):
                echo(line)
    return 0 if answer.hits else NOTHING_FOUND


def _as_json(answer: SearchResults) -> dict[str, object]:
    return {
        "query": answer.query,
        "corrected": answer.corrected,
        "did_you_mean": answer.did_you_mean,
        "asks_how_to_help": answer.help,
        "incomplete": answer.incomplete,
        "total": answer.total,
        "hits": [
            {
                "title": hit.article.title,
                "url": hit.url,
                "published": _date(hit.article.published),
                "feed": hit.article.feed,
                "topics": list(hit.article.topics),
                "source": hit.source.value,
                "heading": hit.heading,
                "passage": "".join(span.text for span in hit.excerpt),
                "score": round(hit.score, 4),
            }
            for hit in answer.hits
        ],
        "near_titles": [article.title for article in answer.near_titles],
        "near_topics": list(answer.near_topics),
    }


def _show(answer: SearchResults) -> None:
    if answer.incomplete:
        echo("Some older articles are not indexed yet and may be missing; `herald run` indexes them.\n")
    if answer.corrected:
        echo(f"Showing results for: {answer.corrected}\n")
    if answer.did_you_mean:
        echo(f"Did you mean: {answer.did_you_mean}\n")
    for hit in answer.hits:
        day = (_date(hit.article.published) or "date unknown").partition("T")[0]
        about = f"   {day}  {', '.join(hit.article.topics)}"
        echo_styled(styled(hit.article.title, bold=True), styled(about, dim=True))
        heading = f"{hit.heading}: " if hit.heading else ""
        echo_styled(styled(heading), *(styled(span.text, bold=span.matched) for span in hit.excerpt))
        echo_styled(styled(hit.url, colour="cyan"))
        echo()
    if answer.hits:
        echo(f"{answer.total} found.")
        return
    echo("Nothing found.")
    if answer.near_titles:
        echo("Near titles: " + "; ".join(article.title for article in answer.near_titles))
    if answer.near_topics:
        echo("Near topics: " + ", ".join(answer.near_topics))
    if answer.newest:
        echo("Newest: " + "; ".join(article.title for article in answer.newest))


def _date(instant: float) -> str | None:
    return None if instant == UNKNOWN_DATE else datetime.fromtimestamp(instant, UTC).isoformat()
