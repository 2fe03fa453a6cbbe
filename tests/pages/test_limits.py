"""The extracted page is bounded, and cut at a natural end."""

import time
from dataclasses import asdict

import pytest

from bot.models import ArticleBody, Image, Link, LinkKind, Page, Passage
from bot.pages.extractor import (
    MAX_IMAGES,
    MAX_LINE,
    MAX_LINKS,
    MAX_NOTES,
    MAX_PASSAGES,
    MAX_TEXT,
    MAX_TITLE,
    bounded,
    extract_page,
)
from bot.worker.child import to_json

HUGE = Page(
    "t" * 5_000,
    "a" * 5_000,
    "n " * 5_000,
    body=ArticleBody(
        passages=tuple(Passage(at, "h " * 900, "A line.\n" * 500) for at in range(3_000)),
        images=tuple(Image(f"https://e.org/{at}", "alt " * 900, "caption " * 900) for at in range(3_000)),
        links=tuple(Link("label " * 900, f"https://e.org/{at}", LinkKind.TEXT, at) for at in range(3_000)),
        footnotes=("* note " * 900,) * 3_000,
    ),
)
FAMILIAR = Page(
    "A title", "Jane", "Jane writes.", 1.0, "en", ArticleBody((Passage(0, "", "Words."),)), reading_minutes=1
)


def test_an_article_is_kept_as_it_is() -> None:
    assert bounded(FAMILIAR) == FAMILIAR


def test_more_than_any_article_has_is_left_out() -> None:
    page = bounded(HUGE)

    assert (len(page.title), len(page.author)) == (MAX_TITLE, MAX_LINE)
    assert len(page.body.passages) <= MAX_PASSAGES
    assert sum(len(passage.text) for passage in page.body.passages) <= MAX_TEXT
    assert all(len(passage.heading) <= MAX_LINE for passage in page.body.passages)
    assert (len(page.body.images), len(page.body.footnotes)) == (MAX_IMAGES, MAX_NOTES)
    assert len(page.body.links) <= MAX_LINKS
    assert {link.passage for link in page.body.links} <= {passage.position for passage in page.body.passages}
    assert len(to_json(asdict(page))) < 600_000


def test_a_text_that_is_too_long_ends_with_a_line() -> None:
    page = bounded(Page("A", body=ArticleBody((Passage(0, "", "A line of words.\n" * 20_000),))))

    assert page.body.passages[0].text.endswith("\nA line of words.")


def test_a_page_of_nothing_but_one_line_is_cut_too() -> None:
    began = time.process_time()
    page = extract_page(b"<h1>A</h1><div class='w-richtext'><p>" + b"word " * 800_000, "https://e.org/a", "utf-8")

    assert page is not None
    assert len(page.body.passages[0].text) <= MAX_TEXT
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "body",
    [
        "<p>a" * 200_000,
        "<br>" * 500_000 + "a",
        "<p>*Note</p>" * 50_000,
        "<p><strong>A Bold Line</strong></p>" * 30_000,
        "<h2>Part</h2><p>Words.</p>" * 30_000,
        "<div class='w-richtext'><p>words</p></div>" * 30_000,
        "<h1>A</h1>" * 100_000,
        "".join(f'<p><a href="/{n}">Story {n}</a></p>' for n in range(30_000)),
        "<p>" + "".join(f'<a href="/{n}">Story {n}</a> ' for n in range(30_000)),
        "".join(f'<img src="/{n}.jpg" alt="A lamp {n}">' for n in range(30_000)),
    ],
    ids=[
        "paragraphs",
        "breaks",
        "notes",
        "bold lines",
        "headings",
        "rich texts",
        "titles",
        "links",
        "links in one line",
        "pictures",
    ],
)
def test_thousands_of_one_thing_cost_no_more_than_the_first_of_them(body: str) -> None:
    """Comparing every block with every other would otherwise take minutes."""
    began = time.process_time()
    page = extract_page(f"<h1>A</h1><div class='w-richtext'><p>Words.</p>{body}".encode(), "https://e.org/a", "utf-8")

    assert page is not None
    assert page.body.passages[0].text.startswith("Words.")
    assert time.process_time() - began < 15
