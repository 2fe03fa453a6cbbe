import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config.settings import load
from bot.demo.blog import LABELS, Block, BlockKind, SampleArticle, load_articles, parse_article
from bot.demo.pages import Post, article_page
from bot.models import LinkKind
from bot.pages.extractor import extract_page
from tests.sample_drafts import ADDRESS, article_draft, links_of, passages_of
from tests.tools.sample_images.scenes import picture

ARTICLES = load_articles()
ROOT = Path(__file__).parents[2]
SETTINGS = load(ROOT / "config.example.toml")


def test_there_are_enough_articles_two_of_them_korean() -> None:
    languages = Counter(article.language for article in ARTICLES)

    assert len(ARTICLES) >= 18
    assert languages["ko"] == 2
    assert {article.slug for article in ARTICLES} == {path.stem for path in _files()}


def test_every_topic_of_the_example_configuration_has_a_story() -> None:
    used = {topic for article in ARTICLES for topic in article.topics}

    assert used == {topic.key for topic in SETTINGS.topics}


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_every_article_says_that_it_is_a_sample_and_fits_a_feed(article: SampleArticle) -> None:
    """A summary begins with the label and keeps Webflow's 200 characters; the footnote has the rest."""
    assert article.summary.startswith(LABELS[article.language])
    assert len(article.summary) <= 200
    assert article.footnotes
    assert "invented" in article.author_note or "지어낸" in article.author_note


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_every_article_is_complete(article: SampleArticle) -> None:
    assert len(passages_of(article)) >= 3
    assert article.image.alt
    assert article.image.caption
    assert all(passage.text for passage in passages_of(article))
    assert "](" not in "".join(passage.text for passage in passages_of(article))


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_links_lead_to_articles_that_exist(article: SampleArticle) -> None:
    slugs = {other.slug for other in ARTICLES}

    assert {target for block in article.blocks for _, target, _ in links_of(block) if "://" not in target} <= slugs


def test_every_form_of_the_real_blog_occurs() -> None:
    blocks = [block for article in ARTICLES for block in article.blocks]

    assert {block.kind for block in blocks} == set(BlockKind)
    assert any(re.match("[\U0001f300-\U0001faff]", block.text) for block in blocks)
    assert any("(장마당)" in block.text for block in blocks)
    assert any(block.image and block.image.alt.endswith(".png") for block in blocks)


def test_every_picture_is_a_committed_file_and_none_is_unused() -> None:
    pictures = [article.image for article in ARTICLES]
    pictures += [block.image for article in ARTICLES for block in article.blocks if block.image]
    files = {path.stem: path for path in (ROOT / "bot/demo/images").iterdir()}

    assert files.keys() == {image.name for image in pictures}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in files.values())
    assert sum(path.stat().st_size for path in files.values()) < 1_000_000


def test_a_committed_picture_is_what_the_drawing_tool_draws() -> None:
    assert picture("radio-night") == (ROOT / "bot/demo/images/radio-night.png").read_bytes()


def test_live_articles_are_published_in_turn() -> None:
    """The turns are 1, 2, 3, …; the first one is corrected later."""
    live = sorted((article for article in ARTICLES if article.live), key=lambda article: article.live)

    assert [article.live for article in live] == list(range(1, len(live) + 1))
    assert live[0].corrections


def test_a_correction_takes_the_name_out_everywhere() -> None:
    article = next(article for article in ARTICLES if article.slug == "a-radio-under-the-blanket")
    corrected = article.corrected()

    assert "Jun-ho" in article.summary
    assert "Jun-ho" not in corrected.summary + str(passages_of(corrected))
    assert corrected.corrections == ()


def test_a_file_becomes_blocks() -> None:
    article = parse_article(
        "slug", HEAD + "One [word](other).\n\n## Two\n\n• a\n• b\n\n> [C](other)\n\n! [D](https://d.org)\n\n*E"
    )

    assert article.blocks == (
        Block(BlockKind.PARAGRAPH, "One [word](other)."),
        Block(BlockKind.HEADING, "Two"),
        Block(BlockKind.BULLETS, items=("a", "b")),
        Block(BlockKind.PULL, "[C](other)"),
        Block(BlockKind.CALL, "[D](https://d.org)"),
    )
    assert [(passage.heading, passage.text) for passage in passages_of(article)] == [
        ("", "One word."),
        ("Two", "• a\n• b\n\nC\n\nD"),
    ]
    assert article.footnotes == ("*E",)


def test_a_draft_has_what_a_poll_should_find() -> None:
    article = next(article for article in ARTICLES if article.slug == "anatomy-of-a-journey")
    draft = article_draft(article, "https://example.org")

    assert draft.key == "https://example.org/blog/anatomy-of-a-journey"
    assert draft.body is not None
    assert draft.image == draft.body.images[0]
    assert [link.kind for link in draft.body.links] == [LinkKind.RELATED, LinkKind.TEXT, LinkKind.CALL_TO_ACTION]
    assert [draft.body.passages[link.passage].heading for link in draft.body.links] == [
        "On the way",
        "Arriving",
        "Arriving",
    ]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_reading_the_page_gives_exactly_the_draft(article: SampleArticle) -> None:
    """The page, with its neighbours' complete texts below, leads to this article's parts and nothing else."""
    posts = [Post(other, other.published) for other in ARTICLES if other is not article]
    draft = article_draft(article)
    page = extract_page(article_page(Post(article, article.published), posts, ADDRESS).encode(), draft.url, "utf-8")

    assert page is not None
    assert draft.body is not None
    assert (page.title, page.author, page.author_note) == (draft.title, draft.author, draft.author_note)
    assert [(found.heading, found.text) for found in page.body.passages] == [
        (passage.heading, passage.text) for passage in draft.body.passages
    ]
    assert replace(page.body, passages=()) == replace(draft.body, passages=())


HEAD = (
    "title: T\ndate: 2024-01-02\nauthor: A\nnote: An invented one.\nsummary: S\ntopics: women\n"
    "image: snow-noon | Alt | Caption\n---\n"
)


def _files() -> list[Path]:
    return list((Path(__file__).parents[2] / "bot" / "demo" / "articles").glob("*.md"))
