"""`herald init`: five questions, then a configuration with the feed, topics and actions of a blog."""

import argparse
import asyncio
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import click

from bot.app.ingestion import Reader, open_reader, user_agent
from bot.cli.feed_diagnosis import describe_failure
from bot.cli.output import echo, echo_error
from bot.cli.starter_config import Answers, Suggestions, render, suggest_actions, suggest_topics
from bot.config.settings import Settings, from_table
from bot.feeds.document import FeedDocument
from bot.http.client import Fetched, FetchRequest
from bot.ingest.page_fetcher import PageFetcher, PageRead, Robots
from bot.logs import set_up_logging
from bot.models import Page
from bot.plain_text import truncate
from bot.urls import is_web_url, origin
from bot.worker.pool import ParseFailedError

FAILED = 1
MAX_NAME, MIN_CONTACT, MAX_CONTACT = 80, 3, 200
PAGES_READ = 8  # articles whose buttons and words are looked at
USUAL_PLACES = (
    "rss.xml",
    "feed",
    "feed.xml",
    "atom.xml",
    "/rss.xml",
    "/feed",
    "/blog/rss.xml",
)  # below the blog, then of the site


def init(arguments: argparse.Namespace) -> int:
    """0: the file is written, 1: no feed or no file, 2: an answer that cannot be used."""
    set_up_logging("error", "text")
    try:
        answers, path = _ask(arguments)
        found = asyncio.run(_look_at_blog(answers, path))
        text = render(answers, found)
        from_table(tomllib.loads(text), path)
    except click.ClickException as error:
        echo_error(error.message)
        return error.exit_code
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        exists = isinstance(error, FileExistsError)
        echo_error(
            f"{path} exists already; nothing is overwritten." if exists else f"{path} cannot be written: {error}."
        )
        return FAILED
    echo(f"Feed: {found.feed}")
    echo(f"{path} is written, with {len(found.topics)} suggested topics and {len(found.actions)} suggested actions.")
    echo("Read it and change what is yours, then run `herald check`.")
    return 0


def _ask(arguments: argparse.Namespace) -> tuple[Answers, Path]:
    """The five answers: those given as options, and those typed."""
    organisation = _answer(
        arguments.organisation,
        "Name of the organisation",
        lambda name: 0 < len(name) <= MAX_NAME and name.isprintable(),
        f"Write a name of 1 to {MAX_NAME} characters.",
    )
    blog = _answer(
        arguments.blog,
        "Address of its blog",
        lambda address: bool(address) and is_web_url(_with_scheme(address)),
        '"{}" is not a web address; write one such as https://example.org/blog.',
    )
    language = _answer(
        arguments.language,
        "Language, en or ko",
        lambda language: language in {"en", "ko"},
        'Write "en" or "ko".',
        "en",
    )
    contact = _answer(
        arguments.contact,
        "Who runs this copy (an e-mail address)",
        lambda contact: MIN_CONTACT <= len(contact) <= MAX_CONTACT and contact.isprintable(),
        f"Write an e-mail address or a name of {MIN_CONTACT} to {MAX_CONTACT} characters.",
    )
    output = _answer(
        str(arguments.output) if arguments.output else None,
        "File to write",
        lambda file: not Path(file).exists(),
        "{} exists already; nothing is overwritten. Name another file.",
        str(arguments.config),
    )
    return Answers(organisation, _with_scheme(blog), language, contact), Path(output)


def _answer(given: str | None, question: str, is_usable: Callable[[str], bool], problem: str, default: str = "") -> str:
    """An option as it was given, or what was typed, asked again until it can be used.

    `problem` is said of an answer that cannot be used; it may name the answer as `{}`.
    """
    if given is not None:
        if not is_usable(given.strip()):
            raise click.UsageError(problem.format(given.strip()))
        return given.strip()
    while True:
        try:
            typed = input(f"{question} [{default}]: " if default else f"{question}: ").strip() or default
        except EOFError:
            raise click.UsageError(f"No answer to: {question}. Give it as an option (`herald init --help`).") from None
        if is_usable(typed):
            return typed
        echo_error(problem.format(typed))


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


async def _look_at_blog(answers: Answers, path: Path) -> Suggestions:
    """The blog's feed, and what it suggests. Raises ClickException when no feed is found."""
    provisional = render(answers, Suggestions(answers.blog, answers.organisation))
    settings = from_table(tomllib.loads(provisional), path)
    async with open_reader(settings) as reader:
        feed, document = await _find_feed(reader, answers.blog)
        pages = await _read_pages(reader, settings, document)
    summaries = {found.url: f"{found.title}\n{found.summary}" for found in document.entries}
    texts = [
        "\n".join((summary, *(passage.text for passage in pages[url].body.passages))) if url in pages else summary
        for url, summary in summaries.items()
    ]
    return Suggestions(
        feed,
        truncate(document.title, MAX_NAME) or answers.organisation,
        suggest_topics(document.categories, texts, answers.organisation),
        suggest_actions(link for page in pages.values() for link in page.body.links),
    )


async def _find_feed(reader: Reader, blog: str) -> tuple[str, FeedDocument]:
    """The feed at the address, the one that its page names, or the one at a usual place of the same site."""
    answer = await reader.http.fetch(FetchRequest(blog, trusted=True))
    if not isinstance(answer, Fetched):
        raise click.ClickException(f"{describe_failure(blog, answer)[1]}. Nothing is written.")
    document = await _parse(reader, answer)
    if document is not None and document.version:
        return answer.final_url, document
    named = document.alternates if document else ()
    folder = f"{answer.final_url.rstrip('/')}/"
    for url in dict.fromkeys((*named, *(urljoin(folder, place) for place in USUAL_PLACES))):
        found = await reader.http.fetch(FetchRequest(url, trusted=origin(url) == origin(blog)))
        document = await _parse(reader, found) if isinstance(found, Fetched) else None
        if document is not None and document.version:
            return url, document
    raise click.ClickException(
        f"No feed was found from {blog}; give the feed's own address with --blog. Nothing is written."
    )


async def _parse(reader: Reader, answer: Fetched) -> FeedDocument | None:
    try:
        return await reader.worker.parse(answer.body, answer.headers, answer.final_url)
    except ParseFailedError:
        return None


async def _read_pages(reader: Reader, settings: Settings, document: FeedDocument) -> dict[str, Page]:
    """The pages of some articles by address, read as politely as `herald run` does."""
    robots = Robots(reader.http, reader.worker.read_robots, user_agent(settings), time.time)
    page_fetcher = PageFetcher(reader.http, reader.worker, robots, pause=settings.watch.page_delay)
    page_fetcher.allow_private(settings.feeds[0].url)
    pages: dict[str, Page] = {}
    for found in document.entries[:PAGES_READ]:
        outcome = await page_fetcher.read(found.url)
        if isinstance(outcome, PageRead):
            pages[found.url] = outcome.page
    return pages
