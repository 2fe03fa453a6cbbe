"""A first configuration for any organisation: suggested topics and actions, written as commented TOML. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.models import Link, LinkKind
from bot.plain_text import truncate
from bot.text_analysis import KOREAN_SUFFIX, STOP_WORDS, is_cjk, normalise, stem, without_surrogates, words
from bot.urls import canonical_key, is_web_url

MAX_TOPICS = 8
MAX_ACTIONS = 6
MIN_ARTICLES = 2  # about a phrase
MAX_SHARE = 0.6  # of the articles; a more frequent phrase does not distinguish a topic
MAX_PHRASE = 3  # words
MIN_LETTERS = 5  # of a phrase that is one word
MAX_NAME, MAX_SENTENCE, MAX_KEY = 80, 300, 40
EMPTY_CATEGORIES = frozenset({"uncategorized", "uncategorised", "general", "blog", "news", "other", "미분류"})
# Words that, beside stop words, do not name a subject.
_FILLERS = """
again along always another around away back began best better came come comes day days down eight eleven even ever
every five first four gave good here hundred kept kind kinds knew large last left little long made make many most much
need never next nine nobody nothing once people said same second seven short six small still stood story take taken
ten thing things third thirty thousand three time today together told took twelve twenty twice two week went well whole
word words wrong wrote year years yet
"""
PAST_OR_ADVERB = re.compile(r"(?:[a-z]{2}ed|(?:al|ent|ful|ive|ous)ly)$")
MEANINGLESS = STOP_WORDS | frozenset(_FILLERS.split())
# The kind of an action by a word in its address or label, the first that fits.
KINDS = (
    ("monthly", re.compile(r"monthly|정기", re.IGNORECASE)),
    ("donate", re.compile(r"donat|\bgiv(?:e|ing)\b|\bgift|fundrais|sponsor|후원|기부", re.IGNORECASE)),
    ("pledge", re.compile(r"pledge|petition|\bsign (?:the|our|this)\b|서약|서명", re.IGNORECASE)),
    ("subscribe", re.compile(r"subscri|newsletter|sign[ -]?up|구독", re.IGNORECASE)),
    ("volunteer", re.compile(r"volunteer|자원봉사", re.IGNORECASE)),
    ("share", re.compile(r"\bshare\b|공유", re.IGNORECASE)),
    ("learn", re.compile(r"learn|read more|알아보", re.IGNORECASE)),
)
EXAMPLE_TOPIC = """\
# None were found; an example:
# [[topics]]
# key = "example"
# name = "Example"
# description = "What it is about."
# words = ["example"]
"""
EXAMPLE_ACTION = """\
# None were found; an example:
# [[actions]]
# key = "donate"
# label = "Donate"
# sentence = "What a gift does."
# url = "https://example.org/donate"
# kind = "donate"
"""

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The operator's answers."""

    organisation: str
    blog: str
    language: str
    contact: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What was found on the blog: its feed, names of topics, and links that ask readers to do something."""

    feed: str
    feed_name: str
    topics: tuple[str, ...] = ()
    actions: tuple[Link, ...] = ()


def suggest_topics(categories: Iterable[str], texts: Sequence[str], organisation: str) -> tuple[str, ...]:
    """The feed's categories, then phrases that several articles are about: in title or summary, or used repeatedly.

    `texts` has one text an article, its first two lines title and summary.
    """
    named = [name for name in categories if normalise(name) not in EMPTY_CATEGORIES and words(name)]
    chosen = list({normalise(name): truncate(name, MAX_NAME) for name in named}.values())[:MAX_TOPICS]
    own = tuple(word for word in words(organisation) if word not in STOP_WORDS)
    titles = [text.split("\n", 1)[0] for text in texts]
    uses, about, forms = Counter[Phrase](), Counter[Phrase](), Counter[tuple[Phrase, Phrase]]()
    for title, text in zip(titles, texts, strict=True):
        # Titles of other articles appear there as links and are not about this one.
        others = "|".join(re.escape(other) for other in titles if other and other != title)
        found = Counter(_phrases(re.sub(others, "\n", text) if others else text))
        repeated = Counter[Phrase]()
        for phrase, times in found.items():
            repeated[_stems(phrase)] += times
            forms[_stems(phrase), phrase] += times
        leading = set(map(_stems, _phrases("\n".join(text.split("\n", 2)[:2]))))
        uses.update(repeated.keys())
        about.update(stems for stems, times in repeated.items() if times > 1 or stems in leading)

    most = max(MIN_ARTICLES, MAX_SHARE * len(texts))
    common = {stems for stems in about if about[stems] >= MIN_ARTICLES and uses[stems] <= most}
    spelt = {stems: phrase for (stems, phrase), _ in sorted(forms.items(), key=lambda item: item[1]) if stems in common}
    for stems in sorted(common, key=lambda stems: (-about[stems] * len(stems), -uses[stems], stems)):
        known = {word for name in chosen for word in _stems(tuple(words(name)))}
        belongs_to_name = any(word.startswith(own) for word in spelt[stems])
        if len(chosen) < MAX_TOPICS and not known & set(stems) and not belongs_to_name:
            chosen.append(" ".join(spelt[stems]))
    return tuple(chosen)


def _stems(phrase: Phrase) -> Phrase:
    """A phrase by which its singular and plural are one."""
    return tuple(word if is_cjk(word) else stem(word, "en") for word in phrase)


def _phrases(text: str) -> Iterable[Phrase]:
    """Runs of words of one text that could name a topic."""
    for line in re.split(r"[\n.!?,;:()“”\"]+", text):
        run = [KOREAN_SUFFIX.sub("", word) if is_cjk(word) else word.removesuffix("'s") for word in words(line)]
        for start in range(len(run)):
            for end in range(start + 1, min(start + MAX_PHRASE, len(run)) + 1):
                phrase = tuple(run[start:end])
                long_enough = len(phrase) > 1 or is_cjk(run[start]) or len(run[start]) >= MIN_LETTERS
                means_something = all(
                    len(word) > 1
                    and word not in MEANINGLESS
                    and not PAST_OR_ADVERB.search(word)
                    and not any(letter.isdigit() for letter in word)
                    for word in phrase
                )
                if long_enough and means_something:
                    yield phrase


def suggest_actions(links: Iterable[Link]) -> tuple[Link, ...]:
    """The calls to action among the links, the most frequent first, one for each address."""
    calls = [
        link for link in links if link.kind is LinkKind.CALL_TO_ACTION and link.label.strip() and is_web_url(link.url)
    ]
    uses = Counter(canonical_key(link.url) for link in calls)
    first = {canonical_key(link.url): link for link in reversed(calls)}
    return tuple(first[key] for key, _ in uses.most_common(MAX_ACTIONS))


def action_kind(link: Link) -> str:
    """The kind of action that a link's label and address describe."""
    described = f"{link.label} {urlsplit(link.url).path}"
    return next((kind for kind, pattern in KINDS if pattern.search(described)), "other")


def quoted(text: str) -> str:
    """A TOML basic string; it escapes as JSON does, except that it also excludes DEL."""
    return json.dumps(without_surrogates(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def render(answers: Answers, found: Suggestions) -> str:
    """The whole file."""
    host = urlsplit(answers.blog).hostname or ""
    homepage = f"{urlsplit(answers.blog).scheme}://{urlsplit(answers.blog).netloc}"
    topics, actions = _topics(found.topics, answers.language), _actions(found.actions)
    return f"""\
# Herald's configuration, written by `herald init`. Every key: .github/docs/configuration.md.
# `herald check` reports its errors, line by line.
# The Discord token is never written here: set DISCORD_TOKEN, or name a file under [discord].

organisation = {quoted(answers.organisation)}
language = {quoted(answers.language)}    # "en" or "ko": where Discord does not say a language
time_zone = "UTC"  # when a day begins, for the seasons of actions; such as "Europe/London"
database = "herald.db"

# The bot introduces itself to the sites it reads with these two.
homepage = {quoted(homepage)}
contact = {quoted(answers.contact)}

# Shown by /about. These are only examples: write where the source and your privacy page are.
source_url = "https://example.org/herald"
privacy_url = "https://example.org/herald/privacy"

# Links to these hosts carry the parameters below, so that the organisation sees what Discord brings.
own_hosts = [{quoted(host.removeprefix("www."))}]

[utm]
utm_source = "discord"
utm_medium = "herald"

[discord]
# token_file = "token.txt"  # instead of DISCORD_TOKEN; readable by the bot alone

# Found from the blog's address.
[[feeds]]
key = "blog"
name = {quoted(found.feed_name)}
url = {quoted(found.feed)}
language = {quoted(answers.language)}

# Topics, suggested from the feed's categories and from phrases that several articles use. Remove what is
# no topic, and give each the words that its articles use.
{topics}
# Actions: what a reader can do, suggested from the blog's own buttons. Write one sentence about each;
# an action without topics fits every article.
{actions}"""


def _topics(names: Sequence[str], language: str) -> str:
    if not names:
        return EXAMPLE_TOPIC
    blocks = ""
    for key, name in zip(_keys(names, "topic"), names, strict=True):
        description = f'"{name}"에 관한 글.' if language == "ko" else f"Articles about {name}."
        blocks += (
            f"\n[[topics]]\nkey = {quoted(key)}\nname = {quoted(name[:1].upper() + name[1:])}\n"
            f"description = {quoted(description)}\nwords = [{quoted(name.lower())}]\n"
        )
    return blocks


def _actions(links: Sequence[Link]) -> str:
    if not links:
        return EXAMPLE_ACTION
    keys = _keys([action_kind(link) for link in links], "action")
    return "".join(
        f"\n[[actions]]\nkey = {quoted(key)}\nlabel = {quoted(truncate(link.label, MAX_NAME))}\n"
        f"sentence = {quoted(truncate(link.label, MAX_SENTENCE))}\n"
        f"url = {quoted(link.url)}\nkind = {quoted(action_kind(link))}\n"
        for key, link in zip(keys, links, strict=True)
    )


def _keys(names: Sequence[str], fallback: str) -> list[str]:
    """A key for each name: short, of plain letters, and used once."""
    keys: list[str] = []
    for name in names:
        plain = re.sub(r"[^a-z0-9]+", "-", normalise(name)).strip("-")[: MAX_KEY - 4].strip("-") or fallback
        number = 2
        key = plain
        while key in keys:
            key, number = f"{plain}-{number}", number + 1
        keys.append(key)
    return keys
