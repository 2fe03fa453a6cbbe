"""What the search room gives back: frozen values that a layout can show as they are."""

from dataclasses import dataclass

from bot.models import Article


@dataclass(frozen=True, slots=True)
class Filters:
    """What an answer is limited to; None leaves a side open. `topic` and `feed` are keys."""

    topic: str | None = None
    year: int | None = None
    feed: str | None = None
    author: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of plain text; `matched` pieces are what the person asked for. Never markdown."""

    text: str
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, with the passage that answers.

    `heading` is the passage's (empty: none), `excerpt` is cut at sentence borders, `url` leads
    to that very passage: to its anchor when the page has one, else by a text fragment.
    """

    article: Article
    heading: str
    excerpt: tuple[Span, ...]
    url: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits, best first.

    `total` counts what can be paged through. `query` is what was asked, `corrected` what was
    searched for instead when a word was unknown to the archive (None: nothing was changed).
    `near_titles` and `near_topics` (topic keys) are filled when nothing was found.
    """

    hits: tuple[Hit, ...]
    total: int
    query: str
    corrected: str | None = None
    near_titles: tuple[Article, ...] = ()
    near_topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice of an autocomplete: what is shown (100 characters at most) and what it stands for."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Whether index and articles agree. Lists hold article ids; all empty means they do."""

    articles: int
    indexed: int
    missing: tuple[int, ...] = ()
    orphaned: tuple[int, ...] = ()
    outdated: tuple[int, ...] = ()
    damaged: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """True when every live article is indexed as it should be and nothing else is."""
        return not (self.missing or self.orphaned or self.outdated or self.damaged)
