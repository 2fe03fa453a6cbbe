"""CPU time and memory of searching and autocompleting in generated archives.

    python -m tests.bench.search                        # 10,000 articles
    python -m tests.bench.search --articles 100000 --file bench.db    # keeps the archive for another time

Everything is seeded: the same words, articles and questions on every run.
"""

import argparse
import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.app.jobs import tune_event_loop
from bot.models import ArticleBody, NewArticle, Passage
from bot.search import SearchEngine, SearchFilters, SearchIndex
from bot.store.articles import Articles
from bot.store.database import Database

ROUNDS = 40
STEP = 500
SYLLABLES = (
    "ba",
    "con",
    "der",
    "e",
    "fi",
    "gra",
    "han",
    "in",
    "jo",
    "kal",
    "lo",
    "mer",
    "nis",
    "o",
    "pra",
    "ter",
    "un",
    "vo",
)
HANGUL = "가나다라마바사아자차카타파하강남동북서시장사람"
TARGETS = {10_000: (15.0, 5.0), 100_000: (20.0, 5.0)}  # articles: milliseconds for search, for autocomplete


class Language:
    """An invented language whose words are as unevenly used as real ones (Zipf)."""

    def __init__(self, rng: random.Random, size: int = 40_000) -> None:
        self._rng = rng
        self.words = list(dict.fromkeys(self._word(number) for number in range(size)))
        self._weights = list(accumulate(1 / rank for rank in range(2, len(self.words) + 2)))

    def text(self, length: int) -> str:
        """`count` words, the common ones often."""
        return " ".join(self._rng.choices(self.words, cum_weights=self._weights, k=length))

    def rare(self) -> str:
        """A word from the long tail."""
        return self._rng.choice(self.words[len(self.words) // 4 :])

    def _word(self, number: int) -> str:
        if number % 12 == 11:
            return "".join(self._rng.choices(HANGUL, k=self._rng.randint(2, 4)))
        return "".join(self._rng.choices(SYLLABLES, k=1 + min(4, number.bit_length() // 4)))


def articles(language: Language, rng: random.Random, count: int) -> Iterator[NewArticle]:
    """Drafts of about 450 words in four passages."""
    for number in range(count):
        url = f"https://bench.example.org/{number}"
        passages = tuple(Passage(at, language.text(4), f"{language.text(rng.randint(60, 160))}.") for at in range(4))
        yield NewArticle(
            feed=f"feed{number % 4}",
            identity=url,
            url=url,
            key=url,
            title=language.text(rng.randint(4, 10)),
            summary=language.text(20),
            author=f"Author {number % 50}",
            author_note="",
            published=1_300_000_000.0 + number * 3_600,
            language="en",
            image=None,
            reading_minutes=None,
            topics=(),
            body=ArticleBody(passages),
        )


def questions(language: Language, rng: random.Random) -> dict[str, list[str]]:
    """Kinds of questions, ROUNDS of each."""

    def misspelt() -> str:
        word = max((language.rare() for _ in range(5)), key=len)
        at = rng.randrange(1, len(word))
        return f"{word[:at]}{word[at + 1 :]} {language.rare()}"

    return {
        "the commonest word": [language.words[at % 5] for at in range(ROUNDS)],
        "ten commonest words": [" ".join(rng.sample(language.words[:12], 10)) for _ in range(ROUNDS)],
        "three words": [f"{language.text(2)} {language.rare()}" for _ in range(ROUNDS)],
        "two words, one misspelt": [misspelt() for _ in range(ROUNDS)],
        "a question of 15 words": [language.text(15) for _ in range(ROUNDS)],
        "a question of 100 words": [language.text(100) for _ in range(ROUNDS)],
        "100 rare words": [" ".join(language.rare() for _ in range(100)) for _ in range(ROUNDS)],
        "100 unknown words": [" ".join(f"{language.rare()}x" for _ in range(100)) for _ in range(ROUNDS)],
        "Korean": [" ".join(word for word in language.text(60).split() if not word.isascii()) for _ in range(ROUNDS)],
    }


async def measure(ask: Callable[[str], Awaitable[object]], asked: Sequence[str]) -> list[float]:
    """Milliseconds of CPU for each question, in order: wall clocks also measure what else the machine does."""
    taken: list[float] = []
    for text in asked:
        start = time.process_time()
        await ask(text)
        taken.append((time.process_time() - start) * 1_000)
    return taken


def percentile(taken: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed."""
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def memory() -> float:
    """Megabytes in use by this process now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


async def fill(database: Database, drafts: Iterator[NewArticle]) -> float:
    """Stores all drafts and indexes them; returns the seconds of CPU that indexing took."""
    stored = Articles(database)
    while some := list(islice(drafts, STEP)):
        async with database.transaction() as tx:
            await stored.add(tx, some, 0.0)
    start = time.process_time()
    await SearchIndex(database, ()).rebuild()
    return time.process_time() - start


async def run(count: int, file: Path, *, kept: bool) -> Table:
    """Measures everything once and returns the table. An archive `kept` from an earlier run is used as it is."""
    rng = random.Random(7)
    language = Language(rng)
    database = await Database.open(file)
    try:
        drafts = articles(language, rng, count)
        if kept:
            for _ in drafts:  # the random source advances as if they were stored
                pass
        took = 0.0 if kept else await fill(database, drafts)
        before = memory()
        engine = SearchEngine(database, (), time.time)
        await engine.warm_up()
        tune_event_loop()
        table = Table(title=f"{count:,} articles; milliseconds of CPU on this machine")
        for column in ("what", "p50", "p99", "target"):
            table.add_column(column, justify="left" if column == "what" else "right")
        await _rows(table, engine, language, rng, TARGETS.get(count, (0.0, 0.0)))
        indexed = "indexed before" if kept else f"indexed in {took:.0f} s of CPU, {1_000 * took / count:.1f} ms each"
        table.caption = f"{indexed}, search uses {memory() - before:.0f} MB more memory"
        return table
    finally:
        await database.close()


async def _rows(
    table: Table, engine: SearchEngine, language: Language, rng: random.Random, floors: tuple[float, float]
) -> None:
    everything: list[float] = []
    for kind, asked in questions(language, rng).items():
        await measure(engine.search, asked[:3])
        taken = await measure(engine.search, asked)
        everything += taken
        _row(table, f"search: {kind}", taken)
    filtered = await measure(
        lambda text: engine.search(text, SearchFilters(feed="feed1", year=2012)),
        [language.text(3) for _ in range(ROUNDS)],
    )
    _row(table, "search: within a feed and year", filtered)
    _row(table, "search: all of these", everything + filtered, floors[0])
    typed = beginnings(language, rng)
    _row(table, "autocomplete: titles", await measure(engine.suggest_titles, typed), floors[1])
    _row(table, "autocomplete: queries", await measure(engine.suggest_queries, typed), floors[1])


def beginnings(language: Language, rng: random.Random) -> list[str]:
    """Typed beginnings: nothing, a few letters, a word and a bit, a misspelt word."""
    words = rng.sample(language.words, 60)
    return [
        "",
        *(word[: rng.randint(1, 6)] for word in words),
        *(f"{word} {language.words[3][:2]}" for word in words[:20]),
        *(f"{language.rare()}q" for _ in range(20)),
    ]


def _row(table: Table, what: str, taken: Sequence[float], floor: float = 0.0) -> None:
    shown = f"{floor:.0f}" if floor else ""
    table.add_row(what, f"{percentile(taken, 0.5):.1f}", f"{percentile(taken, 0.99):.1f}", shown)


def main() -> None:
    """Reads the arguments, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--file", type=Path, help="the archive is kept in this file, and used again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file: Path = arguments.file or Path(folder) / "bench.db"
        Console().print(asyncio.run(run(arguments.articles, file, kept=file.exists())))


if __name__ == "__main__":
    main()
