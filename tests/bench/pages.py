"""Quality and speed of page extraction: `python -m tests.bench.pages [articles | hostile [name]]`.

Prints token F1 of bodies on generated Webflow pages, with and without neighbours, and articles a
second on import from a site on loopback, with the memory of this process. `hostile` reads the pages of
`tests.bench.hostile_pages` in the worker process: the result of each, and the longest stall of the event loop.
"""

import asyncio
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from html import unescape
from pathlib import Path

from bot.app.core import ArticleEventHandler
from bot.models import Page
from bot.pages.extractor import extract_page
from bot.search import SearchIndex
from bot.store.database import Database
from bot.store.stores import Stores
from bot.worker.pool import ParseFailedError, ParseWorker
from tests.bench.hostile_pages import CAP, PAGES
from tests.bench.stalls import EmptyLoop
from tests.ingest.backfill_world import ArchiveSite, reading, serving
from tests.pages.webflow import Sample, article_page, figure
from tests.worker.workers import parse_worker

MADE = 200
WORDS = [
    f"{start}{end}"
    for start in ("mar", "riv", "bo", "lett", "winter", "kin")
    for end in ("ket", "er", "at", "al", "ing")
]


def main() -> None:
    if sys.argv[1:2] == ["hostile"]:
        asyncio.run(show_hostile(sys.argv[2] if len(sys.argv) > 2 else ""))
        return
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"{'pages':<28}{'F1':>8}{'worst':>8}{'ms a page':>11}")
    for label, neighbours in (("alone", 0), ("two neighbours", 2)):
        scores, milliseconds = measure(neighbours)
        print(f"{label:<28}{sum(scores) / len(scores):>8.4f}{min(scores):>8.4f}{milliseconds:>11.1f}")
    asyncio.run(bring_in(articles))


def measure(neighbours: int) -> tuple[list[float], float]:
    """F1 of every page, and milliseconds a page."""
    rng, scores, spent = random.Random(11), list[float](), 0.0
    samples = [made(rng, number) for number in range(MADE)]
    for sample in samples:
        html = article_page(sample, rng.sample(samples, neighbours))
        began = time.perf_counter()
        page = extract_page(html, f"https://example.org/blog/{sample.slug}", "utf-8")
        spent += time.perf_counter() - began
        scores.append(
            f1(words(re.sub(r"<[^>]+>", " ", unescape(sample.body))), words(said(page)) if page else Counter())
        )
    return scores, spent / MADE * 1000


def made(rng: random.Random, number: int) -> Sample:
    """An article of chance words in the forms that Webflow's editor offers."""
    parts = ["<p>By Ann Writer</p>"] if rng.random() < 0.5 else []
    for _ in range(rng.randint(4, 14)):
        text = " ".join(rng.choices(WORDS, k=rng.randint(20, 120)))
        parts.append(f"<p>{text.capitalize()}.</p>")
        parts.append(
            rng.choice(
                [
                    f"<h2>{' '.join(rng.choices(WORDS, k=4)).title()}</h2>",
                    f"<ul><li>{' '.join(rng.choices(WORDS, k=5))}</li><li>{rng.choice(WORDS)}</li></ul>",
                    f"<blockquote>{' '.join(rng.choices(WORDS, k=12))}</blockquote>",
                    figure("a.jpg", " ".join(rng.choices(WORDS, k=6))),
                    f'<p><a href="https://example.org/x">&gt; {" ".join(rng.choices(WORDS, k=5))}</a></p>',
                    "<p>\u200d</p>",
                ]
            )
        )
    return Sample(f"made-{number}", f"Made Article {number}", "March 3, 2024", "".join(parts))


def said(page: Page) -> str:
    """All extracted text of the body."""
    author = [f"By {page.author}", page.author_note] if page.author else []
    captions = [image.caption for image in page.body.images]
    return "\n".join(
        [*author, *(f"{part.heading} {part.text}" for part in page.body.passages), *captions, *page.body.footnotes]
    )


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def f1(wanted: Counter[str], got: Counter[str]) -> float:
    shared = (wanted & got).total()
    return 2 * shared / (wanted.total() + got.total()) if shared else 0.0


async def show_hostile(part: str) -> None:
    """One line a hostile page whose name has this part."""
    worker, outcomes = parse_worker(), Counter[str]()
    print(f"{'page':44}{'bytes':>10}{'seconds':>9}{'stall':>9}{'own':>9}{'empty':>9}  came to")
    with EmptyLoop() as empty:
        for name, make in PAGES.items():
            if part in name:
                html = make()[:CAP]
                began = time.perf_counter()
                with empty.watched() as stall:
                    await asyncio.sleep(0)
                    came, said = await outcome(worker, html)
                outcomes[came] += 1
                print(f"{name:44}{len(html):>10,}{time.perf_counter() - began:>9.2f}{stall}  {came} {said}", flush=True)
    await worker.close()
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{dict(outcomes)}; peak memory of a worker {children} MB, of the main process {own} MB")


async def outcome(worker: ParseWorker, html: bytes) -> tuple[str, str]:
    """The result of extracting a page."""
    try:
        page = await worker.extract(html, "https://example.org/blog/a-river")
    except ParseFailedError as error:
        return error.kind, error.detail
    if page is None:
        return "no article", ""
    letters = sum(len(passage.text) for passage in page.body.passages)
    return "page", f"{len(page.body.passages)} passages, {letters:,} characters, {len(page.body.links)} links"


def real_events(database: Database) -> ArticleEventHandler:
    """Every article is indexed for search, as in the bot."""
    return ArticleEventHandler(SearchIndex(database, ()), Stores(database))


async def bring_in(articles: int) -> None:
    """Imports a site without pauses and says how fast, and how memory grew over the second half."""
    worker, memory = parse_worker(seconds=20), list[int]()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            serving(ArchiveSite(articles)) as site,
            reading(site, Path(folder) / "bench.db", worker=worker, events=real_events) as world,
        ):
            began = time.perf_counter()
            report = await world.backfill.run(
                f"{site.base}/sitemap.xml",
                progress=lambda _: memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024),
            )
            seconds = time.perf_counter() - began
        await worker.close()
    print(f"\nimport: {report.progress.added} articles in {seconds:.1f} s, {articles / seconds:.0f} a second")
    print(f"peak memory of the process: {memory[len(memory) // 2]} MB half-way, {memory[-1]} MB at the end")


if __name__ == "__main__":
    main()
