"""Results of a worker process survive encoding and decoding."""

import json
from dataclasses import asdict, replace

import pytest

from bot.discovery.contents import FoundArticle, SourceContents, SourceKind
from bot.feeds.parser import parse_feed
from bot.pages.extractor import extract_page
from bot.worker.child import contents_frames, document_frames, to_json
from bot.worker.pool import article_from, contents_from, document_from, entry_from, page_from
from tests.feeds.documents import ATOM, JSON_FEED, RDF, numbered
from tests.pages.platforms import SHAPES, Shape


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_page_survives_encoding(shape: Shape) -> None:
    page = extract_page(shape.html.encode(), shape.url, None)

    assert page is not None
    assert page_from(json.loads(to_json(asdict(page)))) == page


@pytest.mark.parametrize("body", [numbered(1, 2), ATOM, RDF, JSON_FEED, "<html></html>"])
def test_a_document_survives_encoding(body: str) -> None:
    document = parse_feed(body.encode(), {}, "https://e.org/feed")
    *rows, last = map(json.loads, document_frames(document))
    entries = tuple(entry_from(row) for frame in rows for row in frame["rows"])

    assert replace(document_from(last["result"]), entries=entries) == document


def test_source_contents_survive_encoding() -> None:
    found = FoundArticle("https://e.org/a", "https://e.org/a", 1.5), FoundArticle("https://e.org/b", "https://e.org/b")
    contents = SourceContents(SourceKind.LIST, found, ("https://e.org/?page=2",), found[:1])
    *rows, last = map(json.loads, contents_frames(contents))
    articles = tuple(article_from(row) for frame in rows for row in frame["rows"])

    assert replace(contents_from(last["result"]), articles=articles) == contents


def test_contents_of_which_not_all_articles_fit_are_not_complete() -> None:
    found = tuple(FoundArticle(f"https://e.org/{'a' * 400}/{n}", f"https://e.org/{n}") for n in range(20_000))
    *rows, last = map(json.loads, contents_frames(SourceContents(SourceKind.SITEMAP, found)))

    assert 0 < sum(len(frame["rows"]) for frame in rows) < len(found)
    assert contents_from(last["result"]).truncated
