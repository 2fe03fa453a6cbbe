import tomllib

import pytest

from bot.app.jobs import reclassify_if_needed
from bot.demo.blog import load_articles
from bot.demo.drafts import article_draft
from bot.models import ArticleBody, Passage, Topic
from bot.store.key_value import KeyValueStore
from bot.topics import Classifier
from tests.conftest import CONFIGURATION
from tests.search.archive import ESCAPE, MARKETS, NOW, TOPICS, Archive, draft

WOMEN = Topic("women", "Women", "Women.", ("women", "daughter", "딸"))
CONTROL = Topic("control", "Control", "Rule.", ("commission of inquiry", "surveillance"))


def body(text: str, heading: str = "") -> ArticleBody:
    return ArticleBody((Passage(0, heading, text),))


@pytest.mark.parametrize(
    ("title", "summary", "text", "expected"),
    [
        ("Traders at dawn", "", "", ("markets",)),
        ("A day", "", "The market, the market again, and its traders.", ("markets",)),
        ("A day", "", "Someone mentioned a market once.", ()),
        ("A report", "", "The commission of inquiry met. Surveillance goes on, and surveillance grows.", ("control",)),
        ("A report", "", "A commission. Then an inquiry of a commission, and many of these.", ()),
        ("장마당에서", "", "", ("markets",)),
        ("탈북자들의 이야기", "", "", ("defectors",)),
        ("두 이야기", "", "딸은 딸의 길을 갔고, 딸이 웃었다.", ("women",)),
        ("", "", "", ()),
    ],
)
def test_words_and_phrases_tell_topics(title: str, summary: str, text: str, expected: tuple[str, ...]) -> None:
    """Stems and whole phrases count, a word in passing does not; Korean nouns keep their particles."""
    assert Classifier((MARKETS, ESCAPE, WOMEN, CONTROL)).classify(title, summary, body(text)) == expected


def test_a_heading_tells_more_than_the_text() -> None:
    classifier = Classifier(TOPICS)

    assert classifier.classify("A day", "", body("Nothing.", "The market")) == ("markets",)
    assert classifier.classify("A day", "", body("The market", "Nothing.")) == ()


def test_the_best_topic_comes_first_and_weak_ones_are_left_out() -> None:
    classifier = Classifier((*TOPICS, WOMEN))

    assert classifier("Women of the market", "", body("Women trade. Traders. Women. Market. Market.")) == (
        "markets",
        "women",
    )
    assert classifier("Market market trader", "", body("market " * 9 + "escape " * 2)) == ("markets",)


def test_an_explanation_names_word_place_and_worth() -> None:
    told = Classifier(TOPICS).explain("Traders", "", body("An escape."))

    assert told[0].startswith("topic markets: 4.0")
    assert '"trader" in the title 1x (4.0)' in told[0]
    assert told[1].startswith("not enough for defectors")


def test_the_sample_blog_is_classified_much_as_its_authors_did() -> None:
    """A floor for the configured taxonomy: nearly every article gets a topic its author gave it."""
    topics = [
        Topic(one["key"], one["name"], one["description"], tuple(one["words"]))
        for one in tomllib.loads(CONFIGURATION.read_text("utf-8"))["topics"]
    ]
    classifier = Classifier(topics)
    drafts = [article_draft(article) for article in load_articles()]
    found = [classifier.classify(one.title, one.summary, one.body) for one in drafts]

    shared = sum(bool(set(told) & set(one.topics)) for told, one in zip(found, drafts, strict=True))
    assert shared >= 0.85 * len(drafts)


async def test_a_changed_taxonomy_classifies_every_article_anew_once(archive: Archive) -> None:
    """Articles and index follow, and the second start has nothing to do."""
    await archive.add(draft("Traders at dawn", "The market."), draft("A quiet day", "Nothing."))
    kept = KeyValueStore(archive.database, lambda: NOW)

    first = await reclassify_if_needed(archive.database, TOPICS, kept, archive.search.reindex)
    again = await reclassify_if_needed(archive.database, TOPICS, kept, archive.search.reindex)
    other = await reclassify_if_needed(archive.database, (ESCAPE,), kept, archive.search.reindex)

    assert (first, again, other) == (1, 0, 1)
    assert [one.title for one in await archive.articles.unclassified(10)] == ["Traders at dawn", "A quiet day"]
    assert (await archive.search.verify()).is_consistent
