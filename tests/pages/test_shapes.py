"""The shapes that organisations' articles have: notes, footnotes, captions, pull links, calls, hidden text."""

from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from bot.models import Image, LinkKind, Page
from bot.pages.assembler import classify_link
from bot.pages.extractor import extract_page
from bot.pages.structured_data import read_structured_data
from tests.pages.platforms import PARAGRAPHS
from tests.pages.webflow import Sample, article_page

CALL, RELATED, TEXT = LinkKind.CALL_TO_ACTION, LinkKind.RELATED, LinkKind.TEXT
URL = "https://example.org/blog/the-lamp"


def webflow(body: str, *, before: str = "", after: str = "") -> Page:
    html = article_page(Sample("the-lamp", "The Lamp", "March 23, 2025", body)).decode()
    html = html.replace('<div class="rich-text w-richtext">', f'{before}<div class="rich-text w-richtext">', 1)
    page = extract_page(html.replace('<div class="cta">', f'{after}<div class="cta">', 1).encode(), URL, None)
    assert page is not None
    return page


def anywhere(body: str, head: str = "") -> Page:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = f"<html lang='en'><head><title>The Lamp</title>{head}</head><body><article><h1>The Lamp</h1>{text}{body}</article></body></html>"
    page = extract_page(html.encode(), URL, None)
    assert page is not None
    return page


@pytest.mark.parametrize(
    ("line", "label", "shown", "kind"),
    [
        ("Sign the Quay pledge today!", "Quay pledge", "Sign the Quay pledge today!", CALL),
        ("The boats are back. Sign the Quay pledge today!", "Quay pledge", "Sign the Quay pledge today!", CALL),
        ("Donate to the ferry fund", "ferry fund", "Donate to the ferry fund", CALL),
        ("Join us on the quay", "on the quay", "Join us on the quay", CALL),
        ("You can stand with the crew. Read about the crew too.", "the crew too", "the crew too", TEXT),
        ("Registered voters came to the quay", "the quay", "the quay", TEXT),
        ("Support for the ferry came from the mayor of the town.", "the mayor", "the mayor", TEXT),
        ("Volunteers rowed all night", "rowed", "rowed", TEXT),
        ("> The Ferry in Two Minutes", "The Ferry in Two Minutes", "The Ferry in Two Minutes", RELATED),
        ("후원하기", "후원하기", "후원하기", CALL),
    ],
)
def test_a_call_to_action_may_be_part_of_a_sentence(line: str, label: str, shown: str, kind: LinkKind) -> None:
    assert classify_link(label, "https://e.org/a", line, button=False) == (kind, shown)


@pytest.mark.parametrize("tag", ["p", "div", "h3", "h5", "blockquote", "li", "span", "figcaption"])
def test_a_pull_link_is_one_in_any_element(tag: str) -> None:
    link = f'<{tag}>&gt; <a href="/blog/sister">The Sister River</a></{tag}>'
    link = f"<ul>{link}</ul>" if tag == "li" else f"<p>{link}</p>" if tag == "span" else link
    page = webflow(f"<p>Water runs.</p>{link}<p>It runs on.</p>")

    assert [(found.label, found.kind) for found in page.body.links] == [("The Sister River", RELATED)]
    assert ">" not in "".join(passage.text for passage in page.body.passages).replace("> The Sister River", "")


@pytest.mark.parametrize(
    "note",
    [
        "<p>*Name has been changed.</p>", "<p>＊Name has been changed.</p>", "<h6>*Name has been changed.</h6>",
        "<h4>＊ Name has been changed.</h4>", "<p><em>* Name has been changed.</em></p>",
        "<p>† Name has been changed.</p>", "<blockquote>*Name has been changed.</blockquote>",
    ],
)  # fmt: skip
def test_a_footnote_is_one_whatever_its_mark_and_element(note: str) -> None:
    mark = "†" if "†" in note else "＊" if "＊" in note else "*"
    page = webflow(f"<p>His name is Olle{mark}. He rows every morning.</p><p>And every evening.</p>{note}")

    assert len(page.body.footnotes) == 1
    assert page.body.footnotes[0].endswith("Name has been changed.")
    assert [passage.heading for passage in page.body.passages] == [""]
    assert "changed" not in page.body.passages[0].text


def test_a_starred_heading_is_small_print() -> None:
    page = webflow("<p>Water.</p><h2>*One of us</h2><p>More.</p>")

    assert page.body.footnotes == ("*One of us",)


@pytest.mark.parametrize(
    ("byline", "note"),
    [
        ("By Nora Lindqvist", "Nora Lindqvist is a boat builder from Umeå who lived beside the river."),
        ("BY NORA LINDQVIST", "NORA LINDQVIST IS A BOAT BUILDER FROM UMEÅ WHO LIVED BESIDE THE RIVER."),
        ("Written by Nora Lindqvist", "<em>A boat builder from Umeå who lived beside the river.</em>"),
    ],
)
def test_a_note_on_the_author_is_taken_out_of_the_text(byline: str, note: str) -> None:
    page = webflow(f"<p>{byline}</p><p>{note}</p><p>His name is Olle and he rows.</p>")

    assert page.author.lower() == "nora lindqvist"
    assert page.author_note in note
    assert page.body.passages[0].text == "His name is Olle and he rows."


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_note_outside_the_body_is_found(place: str) -> None:
    note = "Nora Lindqvist is a boat builder from Umeå who lived beside the river for three years."
    box = f'<div class="author-bio"><p>{note}</p></div>'
    page = webflow("<p>By Nora Lindqvist</p><p>His name is Olle.</p>", **{place: box})

    assert (page.author, page.author_note) == ("Nora Lindqvist", note)


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>Okapi</p>", '<p style="display:none">Okapi</p>', '<div style="color:red; visibility: hidden">Okapi</div>',
        '<span class="sr-only">Okapi</span>', '<p class="screen-reader-text">Okapi</p>', "<template>Okapi</template>",
    ],
)  # fmt: skip
def test_hidden_text_is_left_out_everywhere(hidden: str) -> None:
    assert "Okapi" not in repr(webflow(f"<p>Water runs.</p>{hidden}"))
    assert "Okapi" not in repr(anywhere(hidden))


def test_pictures_are_found_where_they_are_loaded_late() -> None:
    body = (
        '<figure><img srcset="/s.jpg 320w, /l.jpg 1280w" alt="A quay in fog"></figure>'
        '<figure><img src="data:image/gif;base64,R0" data-src="/late.jpg" alt="A boat at dawn"></figure>'
        '<figure><picture><source srcset="/wide.webp 900w"><img alt="A lamp in rain"></picture></figure>'
        '<img src="/count.gif" width="1" height="1">'
    )

    assert webflow(f"<p>Water runs.</p>{body}").body.images == (
        Image("https://example.org/l.jpg", "A quay in fog"),
        Image("https://example.org/late.jpg", "A boat at dawn"),
        Image("https://example.org/wide.webp", "A lamp in rain"),
    )


@pytest.mark.parametrize("source", ["//www.youtube.com/embed/lamp0000001", "//player.vimeo.com/video/1234567"])
def test_videos_without_a_scheme_are_embeds(source: str) -> None:
    page = webflow(f'<p>Water runs.</p><figure><iframe src="{source}" title="The lamp"></iframe></figure>')

    assert [(found.label, found.kind) for found in page.body.links] == [("The lamp", RELATED)]


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@type":"WebPage","mainEntity":{"@type":"BlogPosting","datePublished":"2024-05-06",'
        '"author":{"@type":"Person","name":"Mara Lindholm"}}}</script>',
        '<script type="application/ld+json">[{"@graph":[{"@type":["Article"],"datePublished":"2024-05-06","author":[{"@id":"#m"}]},'
        '{"@type":"Person","@id":"#m","name":"Mara Lindholm"}]}]</script>',
        '<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"@type":"Article","datePublished":"1999-01-02",'
        '"author":"Okapi Writer"}]}</script><meta name="author" content="Mara Lindholm"><meta property="article:published_time" '
        'content="2024-05-06">',
        '<script type="application/ld+json">{"@type":"Article","headline":"Okapi","datePublished":"1999-01-02"}</script>'
        '<script type="application/ld+json">{"@type":"Article","headline":"The Lamp","datePublished":"2024-05-06",'
        '"author":"By Mara Lindholm"}</script>',
    ],
)  # fmt: skip
def test_linked_data_is_found_anywhere_on_the_page(head: str) -> None:
    page = anywhere("", head)

    assert (page.author, page.published) == ("Mara Lindholm", 1_714_996_800.0)


@pytest.mark.parametrize(
    ("data", "authors", "site"),
    [
        ('"author":{"@type":["Person","Organization"],"name":"Jane"}', ("Jane",), ""),
        ('"author":{"@id":"#me"}},{"@id":"#me","@type":["Person"],"name":"Jane Doe"', ("Jane Doe",), ""),
        ('"publisher":{"name":"LAMP ONLINE"},"creator":["THE LAMP"]', (), "THE LAMP"),
        ('"publisher":{"name":"Lamp Online"},"author":"Jane Doe"', ("Jane Doe",), ""),
        ('"author":{"@type":"Organization","name":"Lamp Online"}', (), "Lamp Online"),
    ],
)
def test_a_site_is_the_author_only_where_nobody_else_is(data: str, authors: tuple[str, ...], site: str) -> None:
    html = f'<script type="application/ld+json">[{{"@type":"NewsArticle",{data}}}]</script>'
    stated = read_structured_data(LexborHTMLParser(html), UTC)

    assert (stated.authors, stated.fallback_author) == (authors, site)


def test_an_author_may_go_by_a_user_name() -> None:
    assert anywhere('<p>von <a rel="author" href="/author/jana07/">jana07</a></p>').author == "jana07"


@pytest.mark.parametrize("body", ["<p>입력 2024-05-06 18:00</p>", "<p>2024.05.06. 오후 6:00</p>"])
def test_korean_lines_beside_the_article_give_date_and_author(body: str) -> None:
    text = "".join(
        f"<p>{paragraph}</p>"
        for paragraph in ("등대지기는 등불로 배를 세었고, 한 척이 보이지 않으면 항구로 걸어 내려갔다. " * 3,) * 4
    )
    html = f"<html lang='ko'><head><title>등불</title></head><body><div><h2>등불</h2>{body}<p>김민수 기자</p><div>{text}</div></div></body></html>"
    page = extract_page(html.encode(), URL, None)

    assert page is not None
    assert (page.author, page.published) == ("김민수", 1_714_986_000.0)


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ('<p><a href="/donate">Donate now</a></p>', "Donate now"),
        ('<p><a href="/donate">지금 후원하기</a></p>', "지금 후원하기"),
        ('<p>Sign the <a href="/pledge">Quay pledge</a> today!</p>', "Sign the Quay pledge today!"),
    ],
)
@pytest.mark.parametrize("after", ["", f"<p>{PARAGRAPHS[0]}</p>"])
def test_a_call_in_a_line_of_its_own_is_kept_among_and_right_after_the_text(line: str, label: str, after: str) -> None:
    page = anywhere(line + after)

    assert [link.label for link in page.body.links if link.kind is CALL] == [label]


def test_a_korean_note_that_names_the_author_is_no_byline() -> None:
    note = "글쓴이 김도윤은 항구에서 배를 모는 사람으로, 등대 옆에 살고 있다."
    page = anywhere(f"<p>{note}</p>", '<meta name="author" content="김도윤">')

    assert (page.author, page.author_note) == ("김도윤", note)


@pytest.mark.parametrize("writer", ["", "<p><strong>김도윤</strong> 기자</p>"])
def test_a_report_keeps_the_words_that_follow_its_reporter(writer: str) -> None:
    first = "(항구=등불뉴스) 김도윤 기자 = 밀물이 빠진 새벽, 배는 모래 위에 얹혔다고 한다."
    rest = "<p>등대지기는 등불로 배를 세었고, 한 척이 보이지 않으면 항구로 걸어 내려갔다.</p>" * 4
    html = f"<html lang='ko'><body><article><h1>등불</h1>{writer}<p>{first}</p>{rest}</article></body></html>"
    page = extract_page(html.encode(), URL, None)

    assert page is not None
    assert (page.author, page.author_note) == ("김도윤", "")
    assert page.body.passages[0].text.startswith(first)


@pytest.mark.parametrize(("place", "author"), [("Quay City", ""), ("North Korea", ""), ("Jane Doe", "Jane Doe")])
def test_a_place_beside_the_date_is_no_author(place: str, author: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = f"<html lang='en'><body><h1>The Lamp</h1><p>{place} — May 6, 2024</p><div>{text}</div></body></html>"
    page = extract_page(html.encode(), URL, None)

    assert page is not None
    assert (page.author, page.published) == (author, 1_714_996_800.0)


def test_the_visible_title_is_preferred_to_the_one_for_search_engines() -> None:
    page = anywhere("", '<meta property="og:title" content="Lamp story 2024: all you need to know">')

    assert page.title == "The Lamp"


def test_each_button_of_a_row_keeps_its_own_words() -> None:
    row = (
        '<p><a class="button" href="/donate">Donate now</a> <a class="button" href="/letter">Get the newsletter</a></p>'
    )
    page = webflow(f"<p>{PARAGRAPHS[0]}</p>{row}")

    assert [link.label for link in page.body.links if link.kind is CALL] == ["Donate now", "Get the newsletter"]


@pytest.mark.parametrize(
    "credit",
    [
        "<p>By JANE DOE, Associated Press — May 6, 2024</p>",
        "<div>By Jane Doe | May 6, 2024 at 3:04 p.m. EDT | Updated May 9, 2024</div>",
        "<small>May 6th, 2024 by Jane Doe</small>",
        '<p>Reported by Jane Doe, Staff Reporter</p><p><span class="up">Updated: May 8, 2024</span> Published: May 6, 2024</p>',
        '<aside><address><a rel="author" href="/p/jane">Jane Doe</a></address><details>Mon 6 May 2024 10.00 BST</details></aside>',
        '<div data-component="byline-block"><div>Jane Doe</div><div>Correspondent</div></div><time datetime="2024-05-06T08:00Z"></time>',
        '<div><a href="/staff/1/jane-doe/">Jane Doe</a></div><div aria-label="Published: 3:04 p.m. ET May 6, 2024"></div>',
        "<div>Jane Doe<br>The Quay Times</div><p>By Jane Doe</p><div>Published<br>May 6, 2024</div>",
        '<div class="dig-autoren">Von Jane Doe</div><a href="/the-lamp" rel="bookmark">May 6, 2024</a>',
        '<div><a href="/author/7">mehr</a><p class="autor"><b>Jane Doe</b> | Quay | 06.05.2024</p></div><span class="date">06.05.2024</span>',
        "<div class='tnt-byline'><em>Jane Doe, Harbour Gazette staff writer</em></div><time>May 6, 2024</time>",
        "<p class='credits'><span>Words by Jane Doe</span> <span>Photography by Bo Kim</span></p><p>06.05.2024</p>",
        "<div class='article-info'>May 6, 2024 3:00 PM By Jane Doe</div>",
        '<span itemprop="author">Autor/in: Jane Doe</span><span itemprop="datePublished" content="2024-05-06"></span>',
    ],
)  # fmt: skip
def test_author_and_date_are_those_below_the_title_not_those_of_the_site_or_of_other_stories(credit: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    others = "".join(
        f'<li><a href="/{n}">Story {n}</a><span class="date">April {n}, 2024</span><span class="author">By Sam Roe</span></li>'
        for n in range(1, 6)
    )
    html = (
        "<html lang='en'><head><title>The Lamp - Quay Times</title></head><body><header><a href='/'>Quay Times</a>"
        f"<div>Tuesday, June 4, 2024</div></header><article><h1>The Lamp</h1>{credit}{text}</article>"
        f"<section class='more'><h2>More stories</h2><ul>{others}</ul></section></body></html>"
    )
    page = extract_page(html.encode(), URL, None)

    assert page is not None
    assert (page.author.title(), datetime.fromtimestamp(page.published or 0, UTC).date().isoformat()) == (
        "Jane Doe",
        "2024-05-06",
    )
