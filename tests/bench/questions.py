"""Our own judged questions over the sample blog, and how well they are answered.

python -m tests.bench.questions                # figures and every question
python -m tests.bench.questions --newcomer     # a newcomer's twenty, with what the first page says
python -m tests.bench.questions --as-asked     # questions as people type them; of frozen ones the totals alone
python -m tests.bench.questions --evidence     # how well evidence separates questions with and without an answer
"""

import argparse
import asyncio
import re
import tempfile
import tomllib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf, log2
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.config.settings import load
from bot.demo.blog import load_articles
from bot.search import SearchEngine, SearchIndex
from bot.search.results import SearchResults
from bot.store.articles import Articles
from bot.store.database import Database
from bot.urls import canonical_key
from tests.sample_drafts import article_draft
from tests.search.judged import ASKED_ON, DATA, judge_file, read_questions
from tests.search.judged import figures as summary

FILE = Path(__file__).with_name("questions.toml")
CONFIGURATION = Path(__file__).parents[2] / "config.example.toml"
GROUPS = (
    "questions",
    "questions_frozen",
    "questions_second",
    "questions_third",
    "questions_fourth",
    "questions_fifth",
    "questions_sixth",
    "questions_sixth_frozen",
    "questions_seventh",
    "questions_seventh_frozen",
    "questions_eighth_frozen",
    "questions_ninth",
    "questions_ninth_frozen",
)
EVIDENCE = re.compile(r"^evidence: ([\d.]+) of ([\d.]+) needed$", re.MULTILINE)
FIRST_PAGE = 5
DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the file names of the articles that answer it, best first."""

    ask: str
    answers: tuple[str, ...]
    newcomer: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what was found for it: `places` are the 1-based ranks of its answers (0: not found)."""

    question: Question
    found: SearchResults
    places: tuple[int, ...]

    @property
    def ndcg(self) -> float:
        """Normalised discounted cumulative gain at ten; the best answer counts double."""
        gains = (2.0, *(1.0 for _ in self.question.answers[1:]))
        ideal = sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))
        return sum(gain / log2(place + 1) for gain, place in zip(gains, self.places, strict=True) if place) / ideal

    @property
    def on_first_page(self) -> bool:
        """Whether any of the answers is on the first page."""
        return any(0 < place <= FIRST_PAGE for place in self.places)

    @property
    def on_top(self) -> bool:
        """Whether one of the answers comes first of all."""
        return 1 in self.places


def questions() -> list[Question]:
    """The questions in the file."""
    listed = tomllib.loads(FILE.read_text("utf-8"))["questions"]
    return [Question(one["ask"], tuple(one["answers"]), one.get("newcomer", False)) for one in listed]


@asynccontextmanager
async def sample_archive(folder: Path, now: float = 0.0) -> AsyncGenerator[SearchEngine]:
    """The sample blog, stored and indexed under the example's taxonomy, asked at the instant `now`."""
    database = await Database.open(folder / "questions.db")
    try:
        topics = load(CONFIGURATION).topics
        index = SearchIndex(database, topics)
        for article in load_articles():
            draft = article_draft(article)
            async with database.transaction() as tx:
                [article_id] = await Articles(database).add(tx, [draft], 0.0)
                await index.add(tx, (article_id, draft))
        engine = SearchEngine(database, topics, lambda: now, canonical_key)
        yield engine
        await engine.counted()
    finally:
        await database.close()


async def judge(engine: SearchEngine, asked: Sequence[Question]) -> list[Judged]:
    """Asks every question."""
    judged: list[Judged] = []
    for question in asked:
        found = await engine.search(question.ask, limit=DEEPEST)
        slugs = [hit.article.url.rsplit("/", 1)[-1] for hit in found.hits]
        places = tuple(slugs.index(slug) + 1 if slug in slugs else 0 for slug in question.answers)
        judged.append(Judged(question, found, places))
    return judged


def share(judged: Sequence[Judged], name: str) -> float:
    """The mean of a figure over all questions."""
    return sum(float(getattr(one, name)) for one in judged) / len(judged)


def figures(judged: Sequence[Judged]) -> Table:
    """Every question with the ranks of its answers."""
    table = Table(
        title=f"{len(judged)} questions: nDCG@10 {share(judged, 'ndcg'):.3f}, first {share(judged, 'on_top'):.0%},"
        f" on the first page {share(judged, 'on_first_page'):.0%}"
    )
    for column in ("question", "searched for", "ranks", "nDCG@10"):
        table.add_column(column)
    for one in judged:
        ranks = ", ".join(str(place or "-") for place in one.places)
        table.add_row(one.question.ask, one.found.corrected or "", ranks, f"{one.ndcg:.2f}")
    return table


def first_pages(judged: Sequence[Judged]) -> Table:
    """A newcomer's questions with the first hit and the passage it shows."""
    table = Table(title="A newcomer's questions: the first answer, and where the expected one stands", show_lines=True)
    for column in ("question", "first answer", "passage", "expected at"):
        table.add_column(column)
    for one in judged:
        hit = one.found.hits[0]
        passage = Text()
        for span in hit.excerpt:
            passage.append(" ".join(span.text.splitlines()), style="bold" if span.matched else "")
        table.add_row(one.question.ask, hit.article.title, passage, str(min(place for place in one.places if place)))
    return table


async def run(*, newcomer: bool) -> Table:
    """Asks everything once."""
    asked = [question for question in questions() if question.newcomer or not newcomer]
    with tempfile.TemporaryDirectory() as folder:
        async with sample_archive(Path(folder)) as engine:
            judged = await judge(engine, asked)
    return first_pages(judged) if newcomer else figures(judged)


async def run_as_asked() -> Table:
    """Asks the questions as people type them, once."""
    table = Table(title="Questions as people type them")
    for column in ("file", "questions", "first right", "nothing found", "help", "harmful corrections", "wrong"):
        table.add_column(column)
    with tempfile.TemporaryDirectory() as folder:
        async with sample_archive(Path(folder), ASKED_ON) as engine:
            for name in GROUPS:
                judged = await judge_file(engine, name)
                found = summary(judged)
                shares = [f"{share:.1%}" for share in (found.first_right, found.nothing_found, found.help_right)]
                wrong = () if name.endswith("_frozen") else (*found.wrong, *(f"harmed: {ask}" for ask in found.harmed))
                table.add_row(name, str(len(judged)), *shares, str(len(found.harmed)), "\n".join(wrong))
    return table


async def run_evidence() -> Table:
    """How many questions would be answered if other amounts of evidence were needed, as multiples of today's."""
    table = Table(title="Evidence that is needed (1 is today's), and what finds something then")
    for column in ("needed", "with an answer", "about something else"):
        table.add_column(column, justify="right")
    asked = [(one.ask, True) for one in questions()]
    asked += [(one["ask"], bool(one.get("answers"))) for name in GROUPS for one in read_questions(name)]
    lines = (DATA / "off_topic.txt").read_text("utf-8").splitlines()
    asked += [(line, False) for line in lines if not line.startswith("#")]
    shares: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        async with sample_archive(Path(folder), ASKED_ON) as engine:
            for text, has_answer in asked:
                explained = "\n".join(await engine.explain(text))
                if found := EVIDENCE.search(explained):
                    shares[has_answer].append(float(found[1]) / float(found[2]))
                else:  # nothing to weigh: only stop words, or only a date
                    shares[has_answer].append(inf if (await engine.search(text)).hits else 0.0)
    for needed in (0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 2.0):
        cells = [f"{sum(share >= needed for share in shares[kind]) / len(shares[kind]):.1%}" for kind in (True, False)]
        table.add_row(f"{needed:.2f}", *cells)
    table.caption = f"{len(shares[True])} with an answer, {len(shares[False])} about something else"
    return table


def main() -> None:
    """Reads the arguments, asks, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--newcomer", action="store_true")
    parser.add_argument("--as-asked", action="store_true")
    parser.add_argument("--evidence", action="store_true")
    arguments = parser.parse_args()
    if arguments.as_asked:
        work = run_as_asked()
    else:
        work = run_evidence() if arguments.evidence else run(newcomer=arguments.newcomer)
    Console(width=160).print(asyncio.run(work))


if __name__ == "__main__":
    main()
