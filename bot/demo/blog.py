"""The sample blog's articles, read from `bot/demo/articles/*.md`.

All of them were written for this project; their people are invented, and every article says so.
A file has a short head of `key: value` lines, a line `---`, and blocks separated by blank lines:

    ## A heading
    A paragraph, with [a link](another-article) in it.
    • list items, one a line        1. numbered ones
    > [A pull link](another-article)
    ! [A call to action](https://example.org/donate)
    ![What the picture shows.](scene-palette) Its caption.
    *A footnote.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib import resources

LABELS = {"en": "Sample story: ", "ko": "예시 글: "}

_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<name>[^)]+)\)\s*(?P<caption>.*)", re.DOTALL)
_NUMBERED = re.compile(r"\d+\.\s+")


class BlockKind(StrEnum):
    """What a block of an article is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLETS = "bullets"
    NUMBERS = "numbers"
    PULL = "pull"
    CALL = "call"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class SampleImage:
    """A picture of the sample blog; `name` is `scene-palette`, a file in `bot/demo/images`."""

    name: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Block:
    """One block of an article's body. `text` and `items` keep their links as `[label](target)`."""

    kind: BlockKind
    text: str = ""
    items: tuple[str, ...] = ()
    image: SampleImage | None = None


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """An article of the sample blog.

    `published` is the day in the file as unix seconds. `live` is its position among those that the
    sandbox publishes while it runs, 0 for those that exist from the start.
    """

    slug: str
    title: str
    published: float
    author: str
    author_note: str
    summary: str
    language: str
    topics: tuple[str, ...]
    image: SampleImage
    blocks: tuple[Block, ...]
    footnotes: tuple[str, ...]
    live: int = 0
    corrections: tuple[tuple[str, str], ...] = ()
    source: str = field(default="", repr=False)

    def corrected(self) -> "SampleArticle":
        """The article with its author's corrections; unchanged when there are none."""
        head, _, body = self.source.partition("\n---\n")
        head = "\n".join(line for line in head.splitlines() if not line.startswith("corrections:"))
        text = f"{head}\n---\n{body}"
        for old, new in self.corrections:
            text = text.replace(old, new)
        return parse_article(self.slug, text)


@cache
def load_articles() -> tuple[SampleArticle, ...]:
    """Every article of the sample blog, oldest first."""
    folder = resources.files("bot.demo") / "articles"
    files = [file for file in folder.iterdir() if file.name.endswith(".md")]
    articles = [parse_article(file.name.removesuffix(".md"), file.read_text("utf-8")) for file in files]
    return tuple(sorted(articles, key=lambda article: (article.published, article.slug)))


def parse_article(slug: str, source: str) -> SampleArticle:
    """Reads one article file. Raises KeyError when its head lacks a key."""
    head, _, body = source.partition("\n---\n")
    facts = dict(_split(line, ": ") for line in head.splitlines())
    language = facts.get("language", "en")
    texts = [block.strip() for block in body.split("\n\n") if block.strip()]
    return SampleArticle(
        slug=slug,
        title=facts["title"],
        published=datetime.fromisoformat(facts["date"]).replace(hour=16, tzinfo=UTC).timestamp(),
        author=facts["author"],
        author_note=facts["note"],
        summary=LABELS[language] + facts["summary"],
        language=language,
        topics=tuple(facts["topics"].split(", ")),
        image=SampleImage(*(part.strip() for part in facts["image"].split("|"))),
        blocks=tuple(_block(text) for text in texts if not text.startswith("*")),
        footnotes=tuple(text for text in texts if text.startswith("*")),
        live=int(facts.get("live", "0")),
        corrections=tuple(_split(pair, "=>") for pair in facts.get("corrections", "").split(" ; ") if pair),
        source=source,
    )


def _split(text: str, mark: str) -> tuple[str, str]:
    left, _, right = text.partition(mark)
    return left.strip(), right.strip()


def _block(text: str) -> Block:
    if match := _IMAGE.fullmatch(text):
        image = SampleImage(match["name"], match["alt"], match["caption"].strip())
        return Block(BlockKind.IMAGE, image=image)
    for mark, kind in (("## ", BlockKind.HEADING), ("> ", BlockKind.PULL), ("! ", BlockKind.CALL)):
        if text.startswith(mark):
            return Block(kind, text.removeprefix(mark))
    lines = text.splitlines()
    if all(line.startswith("• ") for line in lines):
        return Block(BlockKind.BULLETS, items=tuple(line.removeprefix("• ") for line in lines))
    if all(_NUMBERED.match(line) for line in lines):
        return Block(BlockKind.NUMBERS, items=tuple(_NUMBERED.sub("", line, count=1) for line in lines))
    return Block(BlockKind.PARAGRAPH, text)
