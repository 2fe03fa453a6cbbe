import tomllib

import pytest

from bot.app.jobs import reclassify_if_needed
from bot.demo.blog import load_articles
from bot.models import ArticleBody, Link, LinkKind, Passage, Topic
from bot.store.key_value import KeyValueStore
from bot.store.stores import Stores
from bot.topics import Classifier
from tests.conftest import CONFIGURATION
from tests.sample_drafts import article_draft
from tests.search.archive import ESCAPE, MARKETS, NOW, TOPICS, Archive, draft
from tests.search.judged import DATA

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
def test_words_and_phrases_are_evidence_of_topics(
    title: str, summary: str, text: str, expected: tuple[str, ...]
) -> None:
    """Stems and whole phrases count, a word in passing does not; Korean nouns keep their particles."""
    assert Classifier((MARKETS, ESCAPE, WOMEN, CONTROL))(title, summary, body(text)) == expected


def test_a_heading_counts_more_than_the_text() -> None:
    classifier = Classifier(TOPICS)

    assert classifier("A day", "", body("A trader.", "The market")) == ("markets",)
    assert classifier("A day", "", body("A trader at the market.", "Nothing.")) == ()


def test_the_best_topic_comes_first_and_weak_ones_are_left_out() -> None:
    classifier = Classifier((*TOPICS, WOMEN))

    assert classifier("Women of the market", "", body("Women trade. Traders. Women. Market. Market.")) == (
        "markets",
        "women",
    )
    assert classifier("Market market trader", "", body("market " * 9 + "escape " * 2)) == ("markets",)


def test_an_explanation_names_word_place_and_weight() -> None:
    explained = Classifier(TOPICS).explain("Traders", "", body("An escape."))

    assert explained == [
        'not enough for markets: 2.0 = 2.0 in the title: "trader"',
        'not enough for defectors: 1.0 = 1.0 in one paragraph: "escape"',
    ]


def test_the_sample_blog_is_classified_as_a_reader_would() -> None:
    """F1 over all pairs of article and topic, against labels given by hand; printed with `-s`."""
    topics = [
        Topic(one["key"], one["name"], one["description"], tuple(one["words"]))
        for one in tomllib.loads(CONFIGURATION.read_text("utf-8"))["topics"]
    ]
    labels = tomllib.loads((DATA / "topic_labels.toml").read_text("utf-8"))["labels"]
    classifier = Classifier(topics)
    expected = {(slug, key) for slug, keys in labels.items() for key in keys}
    found: set[tuple[str, str]] = set()
    for article in load_articles():
        one = article_draft(article)
        found |= {(article.slug, key) for key in classifier(one.title, one.summary, one.body)}

    precision, recall = len(found & expected) / len(found), len(found & expected) / len(expected)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"topics of the sample blog: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")

    assert f1 >= 0.85


def test_a_summary_that_repeats_the_text_is_counted_once() -> None:
    """As in feeds that give the beginning of an article as its summary."""
    text = "A trader came by."

    assert Classifier(TOPICS)("A day", "A trader came by.", body(text)) == ()
    assert Classifier(TOPICS)("A day", "Of a trader.", body(text)) == ("markets",)


def test_many_words_in_one_paragraph_weigh_less_than_a_few_throughout() -> None:
    """An article about women with a visit to a market is about women."""
    market = "The market: traders, sellers, stalls, vendors and a merchant."
    text = "\n".join([*["A woman spoke of women."] * 4, market, *["A daughter listened."] * 4])

    assert Classifier((*TOPICS, WOMEN))("A day", "", body(text)) == ("women",)


def test_of_overlapping_phrases_the_longest_counts() -> None:
    topic = Topic("change", "Change", "Change.", ("social and political change", "political change"))

    assert Classifier((topic,)).explain("Social and political change", "", None) == [
        'topic change: 2.0 = 2.0 in the title: "social and political change"'
    ]


def test_links_and_calls_to_action_do_not_count_as_evidence() -> None:
    call = Link("Market for a day", "https://example.org/market", LinkKind.CALL_TO_ACTION, 0)
    related = Link("Traders of the market", "https://example.org/traders", LinkKind.RELATED, 0)
    text = "A quiet day.\nMarket for a day\nTraders of the market"
    linked = ArticleBody((Passage(0, "", text),), links=(call, related))

    assert Classifier(TOPICS)("A day", "", linked) == ()
    assert Classifier(TOPICS)("A day", "", body(text)) == ("markets",)


def test_a_topic_that_runs_through_the_article_is_found_beside_a_stronger_one() -> None:
    paragraphs = ["Women sold noodles, and women counted."] * 5 + ["An escape was planned."] * 5
    text = "\n".join(paragraphs)

    assert Classifier((*TOPICS, WOMEN))("The women", "", body(text)) == ("women", "defectors")


def test_without_a_taxonomy_no_topic_is_found() -> None:
    assert Classifier(())("Markets", "", None) == ()


async def test_a_changed_taxonomy_classifies_every_article_again_once(archive: Archive) -> None:
    """Articles and index follow, and the second start has nothing to do."""
    await archive.add(draft("Traders at dawn", "The market."), draft("A quiet day", "Nothing."))
    kept, stores = KeyValueStore(archive.database, lambda: NOW), Stores(archive.database)

    first = await reclassify_if_needed(stores, TOPICS, kept, archive.index)
    again = await reclassify_if_needed(stores, TOPICS, kept, archive.index)
    other = await reclassify_if_needed(stores, (ESCAPE,), kept, archive.index)

    assert (first, again, other) == (1, 0, 1)
    assert {one.title for one in await archive.articles.without_topic(10)} == {"Traders at dawn", "A quiet day"}
    assert (await archive.index.verify()).is_consistent
