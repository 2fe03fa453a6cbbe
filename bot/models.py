"""The domain model, as frozen dataclasses; standard library only.

Every instant is a float: seconds since 1970-01-01 UTC. Every duration is in seconds.
`Page` comes from an article's page, `Article` is stored; what a feed says is in `bot.feeds.document`.
"""

from dataclasses import dataclass, fields
from enum import StrEnum

UNKNOWN_DATE = 0.0  # of an article; sorted after every date that is known


class LinkKind(StrEnum):
    """The role of a link in an article."""

    TEXT = "text"  # words inside a sentence
    RELATED = "pull"  # a separate line that leads to another article ("> The Jangmadang Generation")
    CALL_TO_ACTION = "call"  # asks the reader to do something ("Sign the Allies pledge today!")


class ArticleState(StrEnum):
    """Whether an article may be shown."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"  # the text is removed from the store, the identity stays for ever


class ChannelKind(StrEnum):
    """The Discord channels that can carry announcements."""

    TEXT = "text"
    ANNOUNCEMENT = "announcement"
    FORUM = "forum"
    THREAD = "thread"


class UnreadableDocumentError(Exception):
    """A document is not what it claims to be. The message says how and never quotes the document."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; `alt` and `caption` are plain text, empty when the source has no useful one."""

    url: str
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link in an article's body; `passage` is the position of the passage that contains it."""

    label: str
    url: str
    kind: LinkKind
    passage: int


@dataclass(frozen=True, slots=True)
class CallToAction:
    """A link with which an article asks its readers to do something."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of an article's body, in reading order.

    `text` is plain text: paragraphs are separated by a blank line, list items are lines that
    begin with "• ", quotations lines that begin with "> ". `heading` is empty before the
    first heading; `anchor` is the id a browser can jump to, empty when the page has none.
    """

    position: int
    heading: str
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class ArticleBody:
    """The long parts of an article, read only when they are needed."""

    passages: tuple[Passage, ...] = ()
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    footnotes: tuple[str, ...] = ()


NO_BODY = ArticleBody()


@dataclass(frozen=True, slots=True)
class Page:
    """An article as its page has it, without neighbouring articles."""

    title: str
    author: str = ""
    author_note: str = ""
    published: float | None = None
    language: str = ""
    body: ArticleBody = NO_BODY
    reading_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleContent:
    """What a stored and a new article have in common: all but the body.

    `key` is the canonical form of `url` (see `bot.urls`), equal for every spelling of
    one address. `published` is UNKNOWN_DATE when neither feed nor page gives a date. `topics` are topic keys,
    best first.
    """

    feed: str
    url: str
    key: str
    title: str
    summary: str
    author: str
    author_note: str
    published: float
    language: str
    image: Image | None
    reading_minutes: int | None
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(ArticleContent):
    """A stored article, as lists and cards show it."""

    id: int
    first_seen: float
    state: ArticleState = ArticleState.LIVE
    calls: tuple[CallToAction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle(ArticleContent):
    """An article ready to be stored: an entry joined with its page and classified.

    `body` is None when the page was not fetched yet; the article then has only its summary.
    """

    identity: str
    body: ArticleBody | None

    @classmethod
    def of(cls, article: Article, body: ArticleBody | None = None, *, identity: str = "") -> "NewArticle":
        """Returns the draft of a stored article; storing it without a body keeps the stored body."""
        content = {one.name: getattr(article, one.name) for one in fields(ArticleContent)}
        return cls(**content, identity=identity, body=body)


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject from the configured taxonomy; `words` are the words and phrases that indicate it."""

    key: str
    name: str
    description: str
    words: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()  # (language code, name) for other languages
    descriptions: tuple[tuple[str, str], ...] = ()

    def name_in(self, language: str) -> str:
        """The name in a language."""
        return dict(self.names).get(language, self.name)


@dataclass(frozen=True, slots=True)
class Action:
    """A thing a reader can do. A season's ends are days as YYYY-MM-DD, inclusive, UTC."""

    key: str
    label: str
    sentence: str
    url: str
    kind: str
    topics: tuple[str, ...] = ()
    season_from: str = ""
    season_until: str = ""
    labels: tuple[tuple[str, str], ...] = ()  # (language code, label)
    sentences: tuple[tuple[str, str], ...] = ()  # (language code, sentence)

    def label_in(self, language: str) -> str:
        """The label in a language."""
        return dict(self.labels).get(language, self.label)


class Rhythm(StrEnum):
    """How often a channel gets new articles."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a channel's posts may be sent. Hours are local, 0 to 23; quiet hours need both ends.

    `hour`, and `weekday` with Monday as 0, are those of a digest.
    """

    rhythm: Rhythm = Rhythm.AT_ONCE
    hour: int = 9
    weekday: int = 0
    quiet_from: int | None = None
    quiet_until: int | None = None
    time_zone: str = "UTC"


DEFAULT_SCHEDULE = Schedule()


@dataclass(frozen=True, slots=True)
class SubscriptionOptions:
    """A moderator's choices for a channel. Empty `topics` or `feeds` mean all of them.

    A post mentions `role_id`, or with `topic_roles` the roles of its topics; a `silent` one nobody.
    `language` is that of the words around an article, `article_language` that of the articles
    wanted (empty: all). `line` is shown above a card, `accent` is its colour as 0xRRGGBB, and
    `actions` are the keys of the actions that may be shown (None: all).
    """

    topics: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    role_id: int | None = None
    topic_roles: bool = False
    silent: bool = False
    publish: bool = False
    open_thread: bool = False
    language: str = "en"
    schedule: Schedule = DEFAULT_SCHEDULE
    line: str = ""
    accent: int | None = None
    actions: tuple[str, ...] | None = None
    article_language: str = ""


DEFAULT_OPTIONS = SubscriptionOptions()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel and what it wants."""

    id: int
    guild_id: int
    channel_id: int
    kind: ChannelKind
    options: SubscriptionOptions = DEFAULT_OPTIONS
    paused: bool = False
    blocked_reason: str = ""  # the name of the reason why nothing can be sent there now; empty: none
    created_at: float = 0.0
