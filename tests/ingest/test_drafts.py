"""Drafts prefer the page to the feed, and contain nothing that neither has."""

from dataclasses import replace

from bot.feeds.document import Entry
from bot.ingest.drafts import archived_draft, described, new_draft
from bot.models import UNKNOWN_DATE, ArticleBody, Image, Page, Passage

PAGE = Page("A River", body=ArticleBody((Passage(0, "", "Water runs."),)))


def unclassified(title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:
    del title, summary, body
    return ()


def test_an_imported_article_without_a_date_is_undated() -> None:
    draft = archived_draft("blog", "https://e.org/a-river", PAGE, unclassified, 1_700_000_000.0)

    assert draft.published == UNKNOWN_DATE


def test_a_feeds_picture_is_described_by_the_pages_figure_of_the_same_address() -> None:
    shown = (Image("https://c.e/other.jpg", "No"), Image("http://c.e/boat.jpg?w=300", "A boat", "The boat in 1911."))

    assert described(Image("https://c.e/boat.jpg?s=1"), shown) == Image(
        "https://c.e/boat.jpg?s=1", "A boat", "The boat in 1911."
    )
    assert described(Image("https://c.e/boat.jpg", "Mine"), shown) == Image(
        "https://c.e/boat.jpg", "Mine", "The boat in 1911."
    )
    assert described(Image("https://c.e/dog.jpg"), shown) == Image("https://c.e/dog.jpg")
    assert described(None, shown) is None


def test_the_cover_is_a_picture_that_discord_can_show() -> None:
    logo, photo = Image("https://c.e/seal.svg", "", "The seal."), Image("https://c.e/boat.jpg")

    def cover(*images: Image) -> Image | None:
        page = replace(PAGE, body=replace(PAGE.body, images=images))
        entry = Entry("https://e.org/a-river", "A River", identity="a")
        drafts = (
            archived_draft("blog", "https://e.org/a-river", page, unclassified, 1_700_000_000.0),
            new_draft("blog", entry, "https://e.org/a-river", page, unclassified, 1_700_000_000.0),
        )
        assert drafts[0].image == drafts[1].image
        return drafts[0].image

    assert cover(logo, photo) == photo
    assert cover(logo) is None
