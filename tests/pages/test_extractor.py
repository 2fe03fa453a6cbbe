"""Pages of any site, odd encodings and dates, and hostile HTML."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dates.parsing import date_in, parse_stamp
from bot.models import LinkKind
from bot.pages.assembler import classify_link
from bot.pages.blocks import useful_alt
from bot.pages.byline import authors_in, is_note
from bot.pages.extractor import decode, extract_page
from bot.plain_text import clean, language_of, one_line, reading_minutes
from tests.pages.webflow import FERRY, article_page

URL = "https://news.example.com/2024/05/the-mill"
SENTENCE = "The mill stands where two rivers meet, and everybody in the valley has worked there once. "
ARTICLE = f"""<html lang="en-GB"><head><title>The Mill | Valley News</title>
<meta property="og:site_name" content="Valley News"><meta name="author" content="Ida Berg">
<script type="application/ld+json">{{"@graph": [{{"@type": "NewsArticle", "datePublished": "2024-05-06T07:08:09+02:00",
"author": {{"@type": "Person", "name": "Ida Berg"}}}}]}}</script></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>The Mill</h1><p>{SENTENCE * 4}</p><h2>Who Works There</h2>
<figure><img src="/mill.jpg" alt="Water over a wheel"><figcaption>The wheel in spring.</figcaption></figure>
<p>{SENTENCE * 3} Read <a href="/2023/rivers">about the rivers</a> too.</p>
<ul><li>millers</li><li>carters</li></ul><blockquote><p>{SENTENCE}</p></blockquote></article>
<aside><h3>Most read</h3><a href="/x">Ten ways to boil an egg</a></aside>
<form><input name="email"><button>Subscribe to our letter</button></form><footer>© Valley News</footer></body></html>"""


def test_a_page_of_any_site_is_read() -> None:
    page = extract_page(ARTICLE.encode(), URL, None)

    assert page is not None
    assert (page.title, page.author, page.language) == ("The Mill", "Ida Berg", "en")
    assert page.published == datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC).timestamp()
    assert [passage.heading for passage in page.body.passages] == ["", "Who Works There"]
    assert "• millers\n• carters" in page.body.passages[1].text
    assert [(image.url, image.alt, image.caption) for image in page.body.images] == [
        ("https://news.example.com/mill.jpg", "Water over a wheel", "The wheel in spring.")
    ]
    assert [(link.label, link.url, link.kind) for link in page.body.links] == [
        ("about the rivers", "https://news.example.com/2023/rivers", LinkKind.TEXT)
    ]
    for stranger in ("Sport", "egg", "Subscribe", "©"):
        assert stranger not in repr(page)


@pytest.mark.parametrize("html", [b"", b"   ", b"<html></html>", b"\x00\x01", b"<h1>Only a title</h1>", b"{}"])
def test_what_is_no_article_gives_none(html: bytes) -> None:
    assert extract_page(html, URL, None) is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_broken_pages_never_raise(data: st.DataObject) -> None:
    html = article_page(FERRY)
    start = data.draw(st.integers(0, len(html)))
    junk = data.draw(
        st.sampled_from([b"", b"<", b"</div>", b"<!--", b"\xff\xfe", b"<a href='http://[::1'>", b"<base href='//['>"])
    )

    extract_page(
        html[:start] + junk + html[start + data.draw(st.integers(0, 500)) :], "https://example.org/blog/the-ferry", None
    )


def test_deep_nesting_ends_without_an_error() -> None:
    html = b"<h1>Deep</h1><div class='w-richtext'>" + b"<div>" * 2_000 + b"text at the bottom"

    page = extract_page(html, URL, None)

    assert page is not None
    assert "text at the bottom" in page.body.passages[0].text


@pytest.mark.parametrize(
    ("html", "charset", "text"),
    [
        ("강".encode("cp949"), "euc-kr", "강"),
        (b"<meta charset='euc-kr'>" + "강".encode("cp949"), None, "<meta charset='euc-kr'>강"),
        ("é".encode("cp1252"), "iso-8859-1", "é"),
        ("\ufeffé".encode(), "iso-8859-1", "é"),
        ("é".encode(), "no-such-charset", "é"),
        ("é".encode(), "utf-8", "é"),
        (b"a\xff", None, "a\ufffd"),
        ("강".encode("utf-16"), None, "강"),
    ],
)
def test_pages_are_decoded_as_browsers_do(html: bytes, charset: str | None, text: str) -> None:
    assert decode(html, charset) == text


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("March 23, 2025", "2025-03-23"),
        ("Mar. 3 2025", "2025-03-03"),
        ("Sept 3, 2025", "2025-09-03"),
        ("23rd March 2025", "2025-03-23"),
        ("Sunday, March 23, 2025", "2025-03-23"),
        ("Published on March 23, 2025", "2025-03-23"),
        ("2025년 7월 5일", "2025-07-05"),
        ("2025년 7월 5일 토요일", "2025-07-05"),
        ("2025. 7. 5.", "2025-07-05"),
        ("2025-07-05", "2025-07-05"),
        ("By Jane | March 23, 2025", "2025-03-23"),
        ("March 23, 2025 • 5 min read", "2025-03-23"),
    ],
)
def test_dates_are_read_as_people_write_them(line: str, day: str) -> None:
    found = date_in(line)

    assert found is not None
    assert datetime.fromtimestamp(found, UTC).isoformat() == f"{day}T12:00:00+00:00"


@pytest.mark.parametrize(
    "line", ["", "March 2025", "February 30, 2025", "In March 23, 2025 it rained", "99/99/2025", "Marvel 3, 2025"]
)
def test_what_is_no_date_gives_none(line: str) -> None:
    assert date_in(line) is None


def test_stamps_keep_their_zone() -> None:
    assert parse_stamp("2024-05-06T07:08:09+09:00") == datetime(2024, 5, 5, 22, 8, 9, tzinfo=UTC).timestamp()
    assert parse_stamp("2024-05-06T07:08:09Z") == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp()
    assert parse_stamp("yesterday") is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Lindsey Miller", "Lindsey Miller"),
        ("by Jane Doe and J. R. Roe", "Jane Doe, J. R. Roe"),
        ("By Jane Doe, Ann Lee and Bo Kim, CNN", "Jane Doe, Ann Lee, Bo Kim"),
        ("By JANE DOE and ANN LEE - AP Technology Writers", "JANE DOE, ANN LEE"),
        ("By Jane Doe, Executive Editor", "Jane Doe"),
        ("By Jane Doe, PhD and Ann Lee, MD", "Jane Doe, Ann Lee"),
        ("By Jane Doe, with Ann Lee; photographs by Bo Kim", "Jane Doe, Ann Lee"),
        ("By Jane Doe Tuesday, Aug. 17, 2010", "Jane Doe"),
        ("By Jane Doe, Jr. (Reuters)", "Jane Doe Jr."),
        ("By Food and Drug Office", "Food and Drug Office"),
        ("Par LAURE DOE, JANE LEE Envoyées spéciales à Toulouse", "LAURE DOE, JANE LEE"),
        ("Par la fenêtre, on voit la mer", ""),
        ("Autor/in: Jana Doe", "Jana Doe"),
        ("Autor: Jan DOE, Landesanstalt für Seen, Quay (D)", "Jan DOE"),
        ("Von Jana am 3. Mai 2013, 11:51", "Jana"),
        ("Von Herzen", ""),
        ("posted by Doe at 12:53", "Doe"),
        ("김민수·이영희 기자", "김민수, 이영희"),
        ("Written by Ludwig van Beethoven | Photos by X", "Ludwig van Beethoven"),
        ("BY JANE DOE", "JANE DOE"),
        ("By Jane Doe in Seoul", "Jane Doe"),
        ("By Liberty in North Korea", "Liberty in North Korea"),
        ("글쓴이: 김민수", "김민수"),
        ("글쓴이: 김민수, 이영희", "김민수, 이영희"),
        ("글쓴이 | 제니퍼 리", "제니퍼 리"),
        ("글·사진 = 김민수", "김민수"),
        ("글, 사진 김민수", "김민수"),
        ("글 그림 박연미", "박연미"),
        ("취재·글 김민수", "김민수"),
        ("인터뷰 김민수", "김민수"),
        ("필자: 김민수 (북한인권 활동가)", "김민수"),
        ("글 박연미 | 번역 김민수", "박연미"),
        ("에디터 김민수", "김민수"),
        ("김민수 에디터", "김민수"),
        ("(항구=뉴스) 김민수 이영희 기자 = 강이 얼었다.", "김민수, 이영희"),
        ("By. 김민수", "김민수"),
        ("Words: Jane Doe", "Jane Doe"),
        ("Story: the river froze", ""),
        ("글 쓰기", ""),
        ("글 이어보기", ""),
        ("작성자 정보", ""),
        ("인터뷰 요청이 이어졌다", ""),
        ("정리 해고된 사람들의 이야기", ""),
        ("글 박연미", "박연미"),
        ("By the river stood a mill.", ""),
        ("By 2015 the market had grown", ""),
        ("By selling food, they lived", ""),
        ("글로 남기는 이야기", ""),
        ("Bystanders", ""),
    ],
)
def test_bylines_name_people(line: str, name: str) -> None:
    assert ", ".join(authors_in(line)) == name


def test_an_author_note_speaks_about_the_author() -> None:
    assert is_note("Jane Doe is a teacher in Leeds.", "Jane Doe", italic=False)
    assert is_note("A teacher in Leeds.", "Jane Doe", italic=True)
    assert not is_note("Jane and I met when she was ten.", "Jane Doe", italic=False)
    assert not is_note("The village is small.", "Jane Doe", italic=False)


@pytest.mark.parametrize(
    ("alt", "shown"),
    [
        ("Six people on a quay", "Six people on a quay"),
        ("IMG_2041.jpg", ""),
        ("My summer photo.png", ""),
        ("DSC 0042", ""),
        ("Screenshot 2024-05-01", ""),
        ("hero-image-final-v2", ""),
        ("__wf_reserved_inherit", ""),
        ("image", ""),
        ("The wheel in spring.", ""),
        ("Pyongyang", "Pyongyang"),
    ],
)
def test_only_informative_alternative_texts_are_kept(alt: str, shown: str) -> None:
    assert useful_alt(alt, "The Wheel in Spring") == shown


@pytest.mark.parametrize(
    ("label", "url", "line", "button", "kind"),
    [
        ("> The Market Generation", "https://e.org/a", "> The Market Generation", False, LinkKind.RELATED),
        ("How Songs Cross a Border", "https://e.org/a", "How Songs Cross a Border", False, LinkKind.RELATED),
        (
            "Sign the Allies pledge today!",
            "https://e.org/a",
            "Sign the Allies pledge today!",
            False,
            LinkKind.CALL_TO_ACTION,
        ),
        ("Give Now", "https://e.org/a", "Give Now", False, LinkKind.CALL_TO_ACTION),
        ("Read on", "https://e.org/a", "Read on", True, LinkKind.CALL_TO_ACTION),
        ("here", "https://e.org/a", "Donate here.", False, LinkKind.CALL_TO_ACTION),
        ("a gift", "https://e.org/donate", "You can make a gift", False, LinkKind.CALL_TO_ACTION),
        ("support", "https://e.org/a", "With the support of friends they left.", False, LinkKind.TEXT),
        ("gave", "https://e.org/a", "They gave what they had.", False, LinkKind.TEXT),
        ("joined the market", "https://e.org/a", "She joined the market in May.", False, LinkKind.TEXT),
        ("지금 후원하기", "https://e.org/a", "지금 후원하기", False, LinkKind.CALL_TO_ACTION),
    ],
)
def test_links_are_classified(label: str, url: str, line: str, button: bool, kind: LinkKind) -> None:  # noqa: FBT001
    assert classify_link(label, url, line, button=button)[0] is kind


def test_invisible_characters_are_removed() -> None:
    assert one_line(" a\u200b\u202e b\xa0c\u200d \ufeff") == "a b c"
    assert clean("👩\u200d🚀 ok") == "👩\u200d🚀 ok"
    assert clean("e\u0301") == "é"
    assert clean("a \n b") == "a\nb"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("강을 건너며 배운 것", "en", "ko"),
        ("The river and the mill, in the valley of the kings", "ko", "en"),
        ("Der Fluss und die Mühle", "de-AT", "de"),
        ("The river is wide and the water is cold for the boats", "", "en"),
        ("Kim said 안녕 to the whole crowd in Seoul and the others", "en", "en"),
        ("", "", ""),
    ],
)
def test_the_script_corrects_the_declared_language(text: str, declared: str, language: str) -> None:
    assert language_of(text, declared) == language


def test_reading_takes_at_least_a_minute_and_nothing_takes_none() -> None:
    assert reading_minutes("one word") == 1
    assert reading_minutes("word " * 1_000) == 5
    assert reading_minutes("강" * 1_000) == 2
    assert reading_minutes(" \n") is None
