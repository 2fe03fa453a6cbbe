"""Asks the judged questions in `data/` over the sample blog and judges the answers."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.search.engine import SearchEngine
from bot.search.results import SearchResults
from bot.text_analysis import words

DATA = Path(__file__).with_name("data")
ASKED_ON = datetime(2025, 3, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, what was found, and the file names of the articles found."""

    ask: str
    answers: tuple[str, ...]
    meant: tuple[str, ...]
    help: bool
    exact: bool
    found: SearchResults

    @property
    def slugs(self) -> list[str]:
        """The file names of the articles found, best first."""
        return [hit.article.url.rsplit("/", 1)[-1] for hit in self.found.hits]

    @property
    def is_first_right(self) -> bool:
        """Whether an expected article comes first and, where all hits must be expected, no other is found."""
        found = self.slugs
        return bool(found) and found[0] in self.answers and (not self.exact or set(found) <= set(self.answers))

    @property
    def is_harmed(self) -> bool:
        """Whether a word was replaced by one that was not meant."""
        new = set(words(self.found.corrected or "")) - set(words(self.ask))
        return bool(new - set(self.meant)) and self.found.corrected is not None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many questions with answers were answered, how many without found nothing, and what went wrong."""

    first_right: float
    nothing_found: float
    help_right: float
    harmed: tuple[str, ...]
    wrong: tuple[str, ...]


def read_questions(name: str) -> list[dict[str, Any]]:
    """The questions of a file, with the keys that questions.toml explains."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))["questions"]


async def judge_file(engine: SearchEngine, name: str) -> list[JudgedQuestion]:
    """Asks every question of a file."""
    return [
        JudgedQuestion(
            one["ask"],
            tuple(one.get("answers", ())),
            tuple(one.get("meant", ())),
            one.get("help", False),
            one.get("exact", False),
            await engine.search(one["ask"], limit=30),
        )
        for one in read_questions(name)
    ]


def figures(judged: Sequence[JudgedQuestion]) -> Figures:
    """Sums up the judgments."""
    answered = [one for one in judged if one.answers]
    off_topic = [one for one in judged if not one.answers]
    wrong = [one.ask for one in answered if not one.is_first_right] + [one.ask for one in off_topic if one.slugs]
    return Figures(
        sum(one.is_first_right for one in answered) / len(answered),
        sum(not one.slugs for one in off_topic) / len(off_topic),
        sum(one.found.help == one.help for one in judged) / len(judged),
        tuple(one.ask for one in judged if one.is_harmed),
        tuple(wrong),
    )
