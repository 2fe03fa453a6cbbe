"""The results of a search: frozen values that a layout can show as they are."""

from dataclasses import dataclass

from bot.models import Article
from bot.search.index import LineKind
from bot.store.search.filters import Period


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of plain text; `matched` pieces are words of the query. Never markdown."""

    text: str
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, with the part of it that answers.

    `source` says what part that is; `heading` is a passage's (empty: none). `excerpt` is one or more whole
    sentences. `url` leads to that place: to its anchor when the page has one, else by a text fragment.
    """

    article: Article
    heading: str
    excerpt: tuple[Span, ...]
    url: str
    score: float
    source: LineKind = LineKind.PASSAGE


@dataclass(frozen=True, slots=True)
class SearchResults:
    """A page of hits, best first.

    `total` counts all hits. `query` is what was asked, `corrected` what was searched for instead of a typo
    (None: nothing was changed), `did_you_mean` a query that is offered and was not searched for. `period`,
    `years`, `newest_first` and `oldest_first` are what the words said besides their subject; `years` without an
    answer are left out. `help` is true when the question is how to help: the actions answer it. `incomplete` is true
    while older articles are not yet indexed after an update. `near_titles`, `near_topics` (topic keys) and `newest`
    are filled when nothing was found.
    """

    hits: tuple[Hit, ...]
    total: int
    query: str
    corrected: str | None = None
    did_you_mean: str | None = None
    period: Period | None = None
    years: tuple[int, ...] = ()
    newest_first: bool = False
    oldest_first: bool = False
    help: bool = False
    incomplete: bool = False
    near_titles: tuple[Article, ...] = ()
    near_topics: tuple[str, ...] = ()
    newest: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice of an autocomplete: what is shown (100 characters at most) and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How many of the live articles are indexed, while older ones are not yet after an update."""

    indexed: int
    articles: int
