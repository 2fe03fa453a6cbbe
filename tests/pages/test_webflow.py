"""Extraction of the sample articles, with and without other articles below them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.models import Image, LinkKind, Page
from bot.pages.extractor import extract_page
from tests.pages.webflow import FERRY, KOREAN, LETTERS, PICTURES, SAMPLES, Sample, article_page

PULL, CALL, TEXT = LinkKind.RELATED, LinkKind.CALL_TO_ACTION, LinkKind.TEXT


@dataclass(frozen=True)
class Expected:
    """All parts of an article that must be kept."""

    sample: Sample
    author: str
    note: str
    day: str
    language: str
    headings: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str, LinkKind, int], ...]
    images: tuple[Image, ...]
    footnotes: tuple[str, ...]
    lines: tuple[str, ...]


TABLE = [
    Expected(
        FERRY,
        author="Nora Lindqvist",
        note="Nora Lindqvist is a boat builder",
        day="2025-03-23",
        language="en",
        headings=(
            ("", ""),
            ("Timber and Early Trade", "timber"),
            ("What the Crew Carries", ""),
            ("A Bold Line as Heading", ""),
        ),
        links=(
            ("The Ferry in Two Minutes", "https://www.youtube.com/watch?v=ferry00001", PULL, 0),
            ("timber prices", "https://example.org/blog/timber-prices", TEXT, 1),
            ("The Sister River", "https://example.org/blog/sister-river", PULL, 1),
            ("Sign the quay pledge today!", "https://example.org/pledge", CALL, 3),
            ("Give Now", "https://example.org/donate", CALL, 3),
        ),
        images=(
            Image(f"{PICTURES}/boat-1.jpg", "", "The first boat, rebuilt in 1911."),
            Image(f"{PICTURES}/IMG_2041.jpg"),
            Image(f"{PICTURES}/crew.jpg", "Six people in oilskins on a wet quay"),
        ),
        footnotes=("*Name has been changed to keep a promise.",),
        lines=(
            "The Ferry in Two Minutes",
            "Nobody remembers who paid for the second boat.",
            "• Letters from the upper villages",
            "• Medicine",
            "• for cattle",
            "• for people",
            "> A river does not ask who you are.",
            "Stand with the people of the river as they build a second quay.",
        ),
    ),
    Expected(
        LETTERS,
        author="",
        note="",
        day="2024-09-12",
        language="en",
        headings=(("", ""), ("Couriers & Kin", ""), ("Change From Below", "")),
        links=(("A Courier Speaks", "https://www.youtube.com/watch?v=courier0001", PULL, 1),),
        images=(Image(f"{PICTURES}/drawer.png", "", "A chart of the ways a letter takes."),),
        footnotes=(),
        lines=("• Finding addresses", "• Paying for stamps", "• Answering when nobody else does"),
    ),
    Expected(
        KOREAN,
        author="김하늘",
        note="김하늘은 서울에서",
        day="2025-07-05",
        language="ko",
        headings=(("첫 번째 배", ""),),
        links=(("지금 후원하기", "https://example.org/ko/donate", CALL, 0),),
        images=(Image(f"{PICTURES}/배.jpg", "", "1911년에 다시 지은 배."),),
        footnotes=("※ 이름은 가명입니다.",),
        lines=("지금 후원하기",),
    ),
]


def read(sample: Sample, *, alone: bool = False) -> Page:
    neighbours = [] if alone else [other for other in SAMPLES if other is not sample]
    page = extract_page(article_page(sample, neighbours), f"https://example.org/blog/{sample.slug}", "utf-8")
    assert page is not None
    return page


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "with neighbours"])
@pytest.mark.parametrize("expected", TABLE, ids=[row.sample.slug for row in TABLE])
def test_every_part_of_an_article_is_kept_and_nothing_else(expected: Expected, alone: bool) -> None:  # noqa: FBT001
    page = read(expected.sample, alone=alone)

    assert page.title == expected.sample.title
    assert page.author == expected.author
    assert page.author_note.startswith(expected.note)
    assert bool(page.author_note) == bool(expected.note)
    assert page.published is not None
    assert datetime.fromtimestamp(page.published, UTC).date().isoformat() == expected.day
    assert page.language == expected.language
    assert tuple((passage.heading, passage.anchor) for passage in page.body.passages) == expected.headings
    assert tuple((link.label, link.url, link.kind, link.passage) for link in page.body.links) == expected.links
    assert page.body.images == expected.images
    assert page.body.footnotes == expected.footnotes
    shown = [line for passage in page.body.passages for line in passage.text.splitlines()]
    assert [line for line in expected.lines if line not in shown] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.slug for sample in SAMPLES])
def test_neighbours_change_nothing(sample: Sample) -> None:
    assert read(sample, alone=True) == read(sample)


def test_every_word_is_kept_in_one_place() -> None:
    page = read(FERRY)
    text = "\n".join(passage.text for passage in page.body.passages)

    assert "By Nora" not in text
    assert "boat builder" not in text
    assert "Name has been changed" not in text
    assert "rebuilt in 1911" not in text
    assert text.count("Sign the quay pledge today!") == 1


def test_menus_forms_and_logos_are_left_out() -> None:
    page = read(FERRY)
    said = repr(page)

    for stranger in ("About us", "Hooray", "went wrong", "Donate Now", "logo", "More to read", "charity", "not this"):
        assert stranger not in said


def test_another_item_than_the_address_asks_for_is_no_article() -> None:
    page = article_page(FERRY, slug="letters-home")

    assert extract_page(page, "https://example.org/blog/the-ferry", None) is None


def test_an_invisible_rich_text_is_not_the_article() -> None:
    hidden = f'<div class="w-richtext w-condition-invisible">{"<p>Draft words.</p>" * 300}</div>'
    page = extract_page(
        article_page(FERRY).replace(b'<div class="cta">', hidden.encode() + b'<div class="cta">'),
        "https://example.org/blog/the-ferry",
        None,
    )

    assert page is not None
    assert page == read(FERRY)


def test_relative_addresses_follow_the_pages_own_base() -> None:
    html = article_page(FERRY).replace(b"<head>", b'<head><base href="https://mirror.example.org/x/">')
    page = extract_page(html, "https://example.org/blog/the-ferry", None)

    assert page is not None
    assert page.body.links[1].url == "https://mirror.example.org/blog/timber-prices"


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ('<p>&gt; <a href="/x">A Sister Article</a></p>', PULL),
        ('<p><strong>&gt;&nbsp;</strong><a href="/x"><em>A Sister</em> Article</a></p>', PULL),
        ('<blockquote><a href="/x">A Sister Article</a></blockquote>', PULL),
        ('<h4><a href="/x">&gt; A Sister Article</a></h4>', PULL),
        ('<p>Before.<br><a href="/x">→ A Sister Article</a></p>', PULL),
        ('<h3><a href="/x">Join us today</a></h3>', CALL),
        ('<p>Stand with them. <a href="/x">Sign the pledge today!</a></p>', CALL),
        ('<p><a class="button w-button" href="/x">Read the report</a></p>', CALL),
    ],
)
def test_links_are_found_in_every_form_that_editors_use(markup: str, kind: LinkKind) -> None:
    html = article_page(Sample("forms", "Forms", "May 1, 2024", f"<p>Opening words.</p>{markup}<p>Closing words.</p>"))
    page = extract_page(html, "https://example.org/blog/forms", None)

    assert page is not None
    assert [(link.url, link.kind) for link in page.body.links] == [("https://example.org/x", kind)]
    assert len(page.body.passages) == 1
    assert not page.body.links[0].label.startswith((">", "→"))


def embedded(other: Sample, opening: str, closing: str, title: str = "h1", times: int = 1) -> str:
    """Another whole article below the page's own, in a wrapper that is no collection item."""
    return (
        f"{opening}<div class='label'>blog</div><{title}>{other.title}</{title}><div>{other.date}</div>"
        f"<div class='w-richtext'>{other.body * times}</div>{closing}"
    )


@pytest.mark.parametrize("title", ["h1", "h2", "h3"])
@pytest.mark.parametrize("times", [1, 5], ids=["small", "larger than the article"])
@pytest.mark.parametrize("tag", ["div", "article", "section"])
def test_neighbours_in_any_wrapper_change_nothing(tag: str, times: int, title: str) -> None:
    """Templates embed other articles outside collections too, and the largest rich text may be one of these."""
    below = "".join(embedded(other, f"<{tag}>", f"</{tag}>", title, times) for other in (LETTERS, KOREAN))
    html = article_page(FERRY).replace(b'<div class="cta">', below.encode() + b'<div class="cta">')
    page = extract_page(html, "https://example.org/blog/the-ferry", None)

    assert page == read(FERRY, alone=True)


def test_what_a_template_puts_between_two_rich_texts_is_kept() -> None:
    parted = "<h2>What the Crew Carries</h2>"
    between = (
        "</div><img src='/x.jpg' alt='A quay in fog'><div class='w-video'>"
        "<iframe src='//cdn.embedly.com/widgets/media.html?src=https%3A%2F%2F"
        "www.youtube.com%2Fembed%2Fferry00002' title='Fog'></iframe></div><div class='w-embed'>"
        "<a class='w-button' href='/donate'>Buy a rope</a></div><div class='rich-text w-richtext'>"
    )
    html = article_page(FERRY, [LETTERS]).replace(parted.encode(), between.encode() + parted.encode(), 1)
    page, whole = extract_page(html, "https://example.org/blog/the-ferry", None), read(FERRY, alone=True)

    assert page is not None
    assert set(page.body.images) == {*whole.body.images, Image("https://example.org/x.jpg", "A quay in fog")}
    assert {link.label for link in page.body.links} == {link.label for link in whole.body.links} | {"Fog", "Buy a rope"}
    assert page.body.footnotes == whole.body.footnotes
    assert [passage.heading for passage in page.body.passages] == [passage.heading for passage in whole.body.passages]


def test_neighbours_without_title_or_date_need_one_of_them_only() -> None:
    bare = f"<div class='card'><h3>{LETTERS.title}</h3><div class='w-richtext'>{LETTERS.body}</div></div>"
    html = article_page(FERRY).replace(b'<div class="cta">', bare.encode() + b'<div class="cta">')

    assert extract_page(html, "https://example.org/blog/the-ferry", None) == read(FERRY, alone=True)


@pytest.mark.parametrize(
    "between",
    [
        "</div><div class='rich-text w-richtext'>",
        "</div></div><div class='section'><div class='container'><div class='rich-text w-richtext'>",
        "</div><div class='w-form'><form><h3>By mail</h3></form></div><div class='rich-text w-richtext'>",
        "</div><div class='w-dyn-list'><div class='w-dyn-item'>Okapi</div></div><div class='rich-text w-richtext'>",
    ],
    ids=["beside", "in sections", "around a form", "around a list"],
)
def test_an_article_in_several_rich_texts_is_one(between: str) -> None:
    parted = "<h2>What the Crew Carries</h2>"
    html = article_page(FERRY, [LETTERS]).replace(parted.encode(), between.encode() + parted.encode(), 1)
    page = extract_page(html, "https://example.org/blog/the-ferry", None)

    assert page is not None
    assert page == read(FERRY, alone=True)


@pytest.mark.parametrize("date", ["March 23, 2025", "Mar 23, 2025", "3/23/2025", "23.3.2025", "2025-03-23"])
def test_the_date_is_found_in_every_form(date: str) -> None:
    html = article_page(FERRY).replace(FERRY.date.encode(), date.encode())
    page = extract_page(html, "https://example.org/blog/the-ferry", None)

    assert page == read(FERRY, alone=True)


@pytest.mark.parametrize(
    "byline",
    [
        "<p>By Nora Lindqvist</p><p>\u200d</p>",
        "<p><strong>By&nbsp;Nora Lindqvist</strong></p>",
        "<h4>By Nora Lindqvist</h4>",
        "<p><em>By Nora Lindqvist</em></p>",
    ],
)
def test_the_author_is_found_in_every_form_that_editors_use(byline: str) -> None:
    changed = FERRY.body.replace("<p>By Nora Lindqvist</p>", byline)
    html = article_page(Sample(FERRY.slug, FERRY.title, FERRY.date, changed))
    page = extract_page(html, "https://example.org/blog/the-ferry", None)

    assert page == read(FERRY, alone=True)
