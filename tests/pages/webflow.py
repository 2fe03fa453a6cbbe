"""Pages in the shape a Webflow site gives its articles, with neighbours, menus, forms and logos."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

PICTURES = "https://cdn.example.net/pictures"


@dataclass(frozen=True)
class Sample:
    """An article as its author wrote it; `body` is the inside of the rich text."""

    slug: str
    title: str
    date: str
    body: str
    language: str = "en"


def figure(name: str, caption: str = "", alt: str = "__wf_reserved_inherit") -> str:
    shown = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return (
        '<figure class="w-richtext-align-fullwidth w-richtext-figure-type-image" style="max-width:1600px">'
        f'<div><img src="{PICTURES}/{name}" loading="lazy" alt="{html.escape(alt)}"></div>{shown}</figure>'
    )


def film(video: str, title: str) -> str:
    return (
        '<figure class="w-richtext-align-center w-richtext-figure-type-video"><div>'
        f'<iframe src="https://www.youtube.com/embed/{video}?rel=0" title="{html.escape(title)}"></iframe></div>'
        "</figure>"
    )


def article_page(sample: Sample, neighbours: Sequence[Sample] = (), slug: str | None = None) -> bytes:
    """The whole page of one article."""
    title = html.escape(sample.title)
    return f"""<!DOCTYPE html><html data-wf-domain="www.example.org" data-wf-page="5f" data-wf-site="5e"
 data-wf-collection="61" data-wf-item-slug="{slug or sample.slug}" lang="{sample.language}"><head><meta charset="utf-8">
<title>{title}</title><meta content="{title}" property="og:title"><meta content="{title}" property="twitter:title">
<meta content="{PICTURES}/cover.jpg" property="og:image"><style>.w-richtext p {{ color: red }}</style>
<script>window.site = "<div class='w-richtext'>not this</div>"</script></head><body>
<div class="navbar w-nav" role="banner"><a href="/" class="brand w-nav-brand"><img src="/logo.svg" alt="Logo"></a>
<nav role="navigation" class="w-nav-menu"><a href="/about" class="w-nav-link">About us</a>
<a href="/donate" class="button w-button">Give Now</a></nav></div>
<div class="section"><div class="label">blog</div><h1 class="post-title">{title}</h1>
<div class="post-date">{sample.date}</div>
<div class="rich-text w-richtext">{sample.body}</div></div>
<div class="cta"><h3>Your gift keeps the boats running</h3><a href="/donate" class="w-button">Donate Now</a></div>
<div class="w-form"><form><label>Email</label><input type="email"><input type="submit" value="Join"></form>
<div class="w-form-done"><div>Hooray! You are on the list!</div></div>
<div class="w-form-fail"><div>Something went wrong there.</div></div></div>
<h2>More to read!</h2><div class="w-dyn-list"><div role="list" class="w-dyn-items">
{"".join(_neighbour(other) for other in neighbours)}</div></div>
<footer><div class="w-richtext"><p>{"Registered charity number and long legal words. " * 200}</p></div>
<img src="/n.png" alt="The logo for a newspaper"></footer></body></html>""".encode()


def _neighbour(other: Sample) -> str:
    return (
        f'<div role="listitem" class="w-dyn-item"><div class="label">blog</div><h1>{html.escape(other.title)}</h1>'
        f"<div>{other.date}</div><div class='rich-text w-richtext'>{other.body * 3}</div></div>"
    )


def list_page(slugs: Sequence[str], following: str = "") -> bytes:
    """A page of the list of articles, with the link to its next page."""
    items = "".join(
        f'<div role="listitem" class="w-dyn-item"><a href="/blog/{slug}">{slug}</a></div>' for slug in slugs
    )
    turn = f'<a href="{following}" class="w-pagination-next">Next</a>' if following else ""
    return (
        '<html lang="en"><body><nav class="w-nav"><a href="/about">About</a></nav><h1>Blog</h1>'
        f'<div class="w-dyn-list"><div class="w-dyn-items">{items}</div>'
        f'<div class="w-pagination-wrapper">{turn}</div></div></body></html>'
    ).encode()


FERRY = Sample(
    "the-ferry",
    "The Ferry That Changed a River",
    "March 23, 2025",
    "<p>By Nora Lindqvist</p>"
    "<p>Nora Lindqvist is a boat builder and writer from Umeå. From 2015 to 2018 she lived beside the river she writes"
    " about, and our readers know her from earlier letters.</p>"
    "<p>His name is Olle*. Every morning he unties the rope before the church bell rings, and every evening he ties it"
    " again, while the village counts who has come home.</p><p>\u200d</p>"
    '<p><a href="https://www.youtube.com/watch?v=ferry00001">&gt; The Ferry in Two Minutes</a></p>'
    '<h2 id="timber">Timber and Early Trade</h2>'
    '<p>The boats carried <a href="/blog/timber-prices">timber prices</a> upstream as much as timber, for news was'
    " worth more than planks.<br><br>Nobody remembers who paid for the second boat.</p>"
    + figure("boat-1.jpg", "The first boat, rebuilt in 1911.")
    + '<h3><a href="https://example.org/blog/sister-river"><strong>&gt; The Sister River</strong></a></h3>'
    "<p>Bells, smoke and a dog were the only timetable.</p>"
    "<h2>What the Crew Carries</h2><ul role='list'><li>Letters from the <em>upper</em> villages</li>"
    "<li>Medicine<ul><li>for cattle</li><li>for people</li></ul></li></ul>"
    "<blockquote>A river does not ask who you are.</blockquote>"
    + figure("IMG_2041.jpg", alt="IMG_2041.jpg")
    + figure("crew.jpg", alt="Six people in oilskins on a wet quay")
    + "<p><strong>A Bold Line as Heading</strong></p><p>Under it stands a paragraph of its own.</p>"
    "<p>Stand with the people of the river as they build a second quay.<br>"
    '<a href="https://example.org/pledge">Sign the quay pledge today!</a></p>'
    "<div class='w-embed'><a class='btn-large' href='/donate'>Give Now</a></div>"
    "<p><em>*Name has been changed to keep a promise.</em></p>",
)
LETTERS = Sample(
    "letters-home",
    "How Letters Find Their Way Home",
    "12 September 2024",
    "<p>Letters sleep in drawers for years before anybody posts them. Here is why that matters to those who wait.</p>"
    + figure("drawer.png", "A chart of the ways a letter takes.")
    + "<h2>Couriers &amp; Kin</h2><p>Cousins carry most of them; some are carried by strangers.</p>"
    + film("courier0001", "A Courier Speaks")
    + "<h2>\u200d</h2><h2>Change From Below</h2><p>We work at several points:</p>"
    "<ul><li>Finding addresses</li><li>Paying for stamps</li><li>Answering when nobody else does</li></ul>",
)
KOREAN = Sample(
    "강을-건너며",
    "강을 건너며 배운 것",
    "2025년 7월 5일",
    "<p>글 김하늘</p><p>김하늘은 서울에서 활동하는 작가입니다. 강가 마을에서 세 해를 살았습니다.</p>"
    "<h2>첫 번째 배</h2><p>아침마다 종이 울리기 전에 사공은 밧줄을 풀었다.</p>"
    + figure("배.jpg", "1911년에 다시 지은 배.")
    + '<p><a href="https://example.org/ko/donate">지금 후원하기</a></p><p>※ 이름은 가명입니다.</p>',
    language="en",
)
SAMPLES = (FERRY, LETTERS, KOREAN)
