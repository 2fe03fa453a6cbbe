"""What is read from a page of each platform: everything of the article, and nothing of its surroundings."""

from datetime import UTC, datetime

import pytest

from bot.models import LinkKind, Page
from bot.pages.extractor import extract_page
from tests.pages.platforms import SHAPES, STRANGERS, Shape
from tests.pages.themes import load_themes

EVERY_SHAPE = pytest.mark.parametrize("shape", [*SHAPES, *load_themes()], ids=lambda shape: shape.name)


def read(shape: Shape) -> Page:
    page = extract_page(shape.html.encode(), shape.url, "utf-8")
    assert page is not None
    return page


@EVERY_SHAPE
def test_title_author_and_day_are_those_of_the_article(shape: Shape) -> None:
    page = read(shape)

    assert (page.title, page.author) == (shape.title, shape.author)
    published = datetime.fromtimestamp(page.published, UTC) if page.published is not None else None
    if "T" in shape.day:
        assert published == datetime.fromisoformat(shape.day)
    else:
        assert (published.date().isoformat() if published else "") == shape.day


@EVERY_SHAPE
def test_every_paragraph_and_heading_is_kept_in_order(shape: Shape) -> None:
    page = read(shape)
    text = "\n".join(passage.text for passage in page.body.passages)

    assert [text.find(paragraph) >= 0 for paragraph in shape.paragraphs] == [True] * len(shape.paragraphs)
    assert sorted(map(text.find, shape.paragraphs)) == list(map(text.find, shape.paragraphs))
    assert [passage.heading for passage in page.body.passages if passage.heading] == list(shape.headings)


@EVERY_SHAPE
def test_captions_calls_and_footnotes_are_kept(shape: Shape) -> None:
    page = read(shape)

    assert {image.caption for image in page.body.images} >= set(shape.captions)
    assert {link.label for link in page.body.links if link.kind is LinkKind.CALL_TO_ACTION} >= set(shape.calls)
    assert len(page.body.footnotes) == len(shape.footnotes)
    for written, kept in zip(shape.footnotes, page.body.footnotes, strict=True):
        assert written in kept


@EVERY_SHAPE
def test_nothing_of_the_surroundings_is_kept(shape: Shape) -> None:
    kept = repr(read(shape)).lower()

    assert [word for word in STRANGERS if word.lower() in kept] == []
