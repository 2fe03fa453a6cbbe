"""Article pages in the shapes that publishing platforms document, with our own sentences.

Each page carries what surrounds an article there: menus, share rows, newsletter boxes, teasers of
other articles, comments. `STRANGERS` are words that belong to those surroundings alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

STRANGERS = (
    "Zebra", "Kumquat", "Quokka", "Xylophone", "Okapi",
)  # fmt: skip
PARAGRAPHS: tuple[str, ...] = (
    "The lighthouse keeper counted the ships by their lamps, and when one was missing he walked down to the harbour "
    "to ask who had been aboard.",
    "Nobody had asked him to do this. The ledger he filled for thirty winters lay in a drawer until his "
    "granddaughter found it and read every page of it aloud to the harbour master.",
    "She learned that most of the crews had come from three villages upstream, and that the same four family names "
    "came back in every decade of the book.",
    "Today the names hang in the customs house, painted on planks, and people travel for days to stand before them "
    "and to touch the letters of a name they know.",
)
HEADING = "A Ledger of Lamps"
CAPTION = "The ledger on the keeper's table."
MARKED_PARAGRAPHS = tuple(text.replace("upstream,", "upstream¹,") for text in PARAGRAPHS)
KOREAN_PARAGRAPHS = (
    "등대지기는 등불로 배를 세었고, 한 척이 보이지 않으면 누가 타고 있었는지 물으러 항구로 걸어 내려갔다.",
    "아무도 그에게 그 일을 부탁하지 않았다. 서른 번의 겨울 동안 채운 장부는 손녀가 찾아낼 때까지 서랍 속에 있었다.",
    "손녀는 선원 대부분이 강 위쪽 세 마을에서 왔다는 것과 같은 성씨 네 개가 십 년마다 되풀이된다는 것을 알게 되었다.",
    "오늘날 그 이름들은 세관 건물에 걸려 있고, 사람들은 아는 이름의 글자를 만져 보려고 며칠을 걸어서 찾아온다.",
)
KOREAN_HEADING = "등불의 장부"
TITLE, KOREAN_TITLE = "The Keeper Who Counted Lamps", "등불을 세던 사람"
AUTHOR, KOREAN_AUTHOR = "Mara Lindholm", "김민수"
DAY = "2024-05-06"
HOST = "https://harbour.example.org"
PICTURE = "https://cdn.example.net/ledger.jpg"


@dataclass(frozen=True)
class Shape:
    """A page and what has to be read from it.

    `day` is in UTC; a timestamp where the page's own day is another one, empty where the page has no date.
    """

    name: str
    url: str
    html: str
    title: str = TITLE
    author: str = AUTHOR
    day: str = DAY
    paragraphs: Sequence[str] = PARAGRAPHS
    headings: Sequence[str] = (HEADING,)
    captions: Sequence[str] = (CAPTION,)
    calls: Sequence[str] = ()
    footnotes: Sequence[str] = ()


def _document(head: str, body: str, language: str = "en", body_class: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">{head}</head>'
        f'<body class="{body_class}">{body}</body></html>'
    )


def _p(attributes: str = "", paragraphs: Sequence[str] = PARAGRAPHS) -> list[str]:
    return [f"<p{attributes}>{text}</p>" for text in paragraphs]


def wordpress() -> Shape:
    """A classic theme with an SEO plug-in: everything in one JSON-LD graph, people by reference."""
    one, two, three, four = _p()
    head = f"""<title>{TITLE} - Harbour Letters</title><meta property="og:title" content="{TITLE} - Harbour Letters">
<meta property="og:site_name" content="Harbour Letters"><meta name="author" content="admin">
<script type="application/ld+json" class="yoast-schema-graph">{{"@context":"https://schema.org","@graph":[
{{"@type":"Article","@id":"{HOST}/lamps/#article","isPartOf":{{"@id":"{HOST}/lamps/"}},
"author":{{"@id":"{HOST}/#/schema/person/1"}},"headline":"{TITLE}","datePublished":"2024-05-06T18:00:00+00:00",
"dateModified":"2024-06-01T08:00:00+00:00"}},
{{"@type":"WebPage","@id":"{HOST}/lamps/","name":"{TITLE} - Harbour Letters"}},
{{"@type":"WebSite","@id":"{HOST}/#website","name":"Harbour Letters"}},
{{"@type":"Person","@id":"{HOST}/#/schema/person/1","name":"{AUTHOR}"}}]}}</script>"""
    body = f"""<header class="site-header"><p class="site-title"><a href="/">Harbour Letters</a></p>
<nav class="main-navigation"><ul class="menu"><li><a href="/zebra">Zebra</a></li></ul></nav></header>
<main class="site-main"><article id="post-7" class="post-7 post type-post status-publish hentry category-sea">
<header class="entry-header"><h1 class="entry-title">{TITLE}</h1><div class="entry-meta"><span class="posted-on">Posted on
<a href="{HOST}/lamps/" rel="bookmark"><time class="entry-date published" datetime="2024-05-06T18:00:00+00:00">May 6, 2024
</time><time class="updated" datetime="2024-06-01T08:00:00+00:00">June 1, 2024</time></a></span>
<span class="byline"> by <span class="author vcard"><a class="url fn n" href="/author/mara/">{AUTHOR}</a></span></span>
</div></header><div class="entry-content">{one}{two}
<figure class="wp-block-image size-large"><img src="{PICTURE}" alt="" class="wp-image-9"/>
<figcaption class="wp-element-caption">{CAPTION}</figcaption></figure>
<h2 class="wp-block-heading" id="ledger">{HEADING}</h2>{three}{four}
<div class="wp-block-buttons"><div class="wp-block-button"><a class="wp-block-button__link wp-element-button"
href="/planks">Sponsor a plank</a></div></div>
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul><li><a href="https://x.example/">X</a>
</li></ul></div><div id="jp-relatedposts" class="jp-relatedposts"><h3 class="jp-relatedposts-headline"><em>Related</em></h3>
<a href="/kumquat">Kumquat season opens early this year</a></div></div>
<footer class="entry-footer"><span class="cat-links">Posted in <a href="/category/sea">Sea</a></span></footer></article>
<nav class="navigation post-navigation"><a href="/quokka" rel="prev">Quokka sightings near the pier</a></nav>
<div id="comments" class="comments-area"><h2 class="comments-title">2 thoughts</h2><ol class="comment-list"><li><article>
<footer class="comment-meta"><b class="fn">Xylophone Fan</b> <time datetime="2024-05-09T10:00:00+00:00">May 9, 2024</time>
</footer><div class="comment-content"><p>Xylophone music would suit this story very well, I think, and so would a drum.</p>
</div></article></li></ol></div></main><aside class="widget-area"><h2>Recent posts</h2><ul><li><a href="/okapi">Okapi
</a></li></ul></aside><footer class="site-footer">Proudly powered</footer>"""
    return Shape("WordPress, classic", f"{HOST}/lamps/", _document(head, body, body_class="single single-post"),
                 calls=("Sponsor a plank",))  # fmt: skip


def wordpress_blocks() -> Shape:
    """A block theme without any plug-in: no metadata but what the blocks show."""
    one, two, three, four = _p()
    head = f"<title>{TITLE} – Harbour Letters</title>"
    body = f"""<div class="wp-site-blocks"><header class="wp-block-template-part"><p class="wp-block-site-title"><a href="/">
Harbour Letters</a></p><nav class="wp-block-navigation"><a href="/zebra">Zebra</a></nav></header>
<main class="wp-block-group"><h1 class="wp-block-post-title">{TITLE}</h1><div class="wp-block-group">
<div class="wp-block-post-date"><time datetime="2024-05-06T18:00:00+09:00">May 6, 2024</time></div>
<div class="wp-block-post-author"><div class="wp-block-post-author__content"><p class="wp-block-post-author__name">{AUTHOR}</p>
</div></div></div><div class="entry-content wp-block-post-content is-layout-constrained">{one}{two}
<figure class="wp-block-image"><img data-lazy-src="{PICTURE}" src="data:image/svg+xml,%3Csvg%3E" alt="">
<figcaption>{CAPTION}</figcaption></figure><h2>{HEADING}</h2>{three}{four}</div>
<div class="wp-block-query"><h2>More posts</h2><ul class="wp-block-post-template"><li class="wp-block-post"><h3
class="wp-block-post-title"><a href="/kumquat">Kumquat season</a></h3><div class="wp-block-post-date"><time
datetime="2024-07-01T10:00:00+00:00">July 1, 2024</time></div></li></ul></div></main></div>"""
    return Shape("WordPress, blocks", f"{HOST}/lamps/", _document(head, body))


def ghost() -> Shape:
    """Ghost's default theme with button, call-out and sign-up cards."""
    one, two, three, four = _p()
    head = f"""<title>{TITLE}</title><meta property="article:published_time" content="2024-05-06T18:00:00.000Z">
<meta property="article:modified_time" content="2024-06-01T08:00:00.000Z"><meta name="twitter:label1" content="Written by">
<meta name="twitter:data1" content="{AUTHOR}"><script type="application/ld+json">{{"@context":"https://schema.org",
"@type":"Article","publisher":{{"@type":"Organization","name":"Harbour Letters"}},"author":{{"@type":"Person",
"name":"{AUTHOR}","url":"{HOST}/author/mara/"}},"headline":"{TITLE}","datePublished":"2024-05-06T18:00:00.000Z"}}</script>"""
    body = f"""<div class="gh-viewport"><header class="gh-navigation"><a class="gh-navigation-logo" href="/">Harbour Letters</a>
<nav class="gh-navigation-menu"><ul class="nav"><li><a href="/zebra">Zebra</a></li></ul></nav></header><main class="gh-main">
<article class="gh-article post tag-sea"><header class="gh-article-header gh-canvas"><a class="gh-article-tag" href="/tag/sea/">Sea
</a><h1 class="gh-article-title is-title">{TITLE}</h1><div class="gh-article-meta"><div class="gh-article-author-image">
<a href="/author/mara/"><img src="/mara.jpg" alt="{AUTHOR}"></a></div><div class="gh-article-meta-wrapper">
<h4 class="gh-article-author-name"><a href="/author/mara/">{AUTHOR}</a></h4><div class="gh-article-meta-content">
<time class="gh-article-meta-date" datetime="2024-05-06">May 6, 2024</time>
<span class="gh-article-meta-length">— 3 min read</span></div></div></div></header>
<section class="gh-content gh-canvas is-body">{one}{two}<figure class="kg-card kg-image-card kg-card-hascaption">
<img src="{PICTURE}" class="kg-image" alt="" loading="lazy"><figcaption><span>{CAPTION}</span></figcaption></figure>
<div class="kg-card kg-header-card"><h2 class="kg-header-card-heading">{HEADING}</h2></div>{three}
<div class="kg-card kg-signup-card"><h2 class="kg-signup-card-heading">Kumquat letters by mail</h2><form class="kg-signup-card-form">
<input type="email"><button>Join</button></form></div>{four}
<div class="kg-card kg-button-card kg-align-center"><a href="/planks" class="kg-btn kg-btn-accent">Sponsor a plank</a></div>
</section></article><section class="gh-comments gh-canvas"><p>Quokka lovers say hello here every week and every month.</p></section>
</main><section class="gh-container is-grid"><h2>Read more</h2><div class="gh-feed"><article class="gh-card post"><a href="/okapi">
<h3 class="gh-card-title">Okapi on the quay</h3><p class="gh-card-excerpt">Okapi come rarely, and never in winter at all.</p>
<time datetime="2024-07-02">Jul 2, 2024</time></a></article></div></section></div>"""
    return Shape("Ghost", f"{HOST}/lamps/", _document(head, body), calls=("Sponsor a plank",))


def squarespace() -> Shape:
    """Squarespace 7.1: every paragraph group in a block of its own, pictures lazy, buttons and a newsletter between."""
    one, two, three, four = _p(' class="sqsrte-small"')
    head = f"""<title>{TITLE} &mdash; Harbour Letters</title><meta itemprop="name" content="{TITLE} — Harbour Letters">
<meta itemprop="headline" content="{TITLE}"><meta itemprop="datePublished" content="2024-05-06T18:00:00+0000">
<meta itemprop="dateModified" content="2024-06-01T08:00:00+0000"><meta itemprop="author" content="{AUTHOR}">
<meta property="og:site_name" content="Harbour Letters"><meta property="og:title" content="{TITLE} — Harbour Letters">"""
    block = (
        '<div class="sqs-block html-block sqs-block-html"><div class="sqs-block-content"><div class="sqs-html-content">'
    )
    body = f"""<header id="header"><a href="/">Harbour Letters</a><nav class="header-nav"><a href="/zebra">Zebra</a></nav></header>
<main id="page"><article class="sections"><section class="page-section"><div class="blog-item-wrapper">
<article class="entry hentry h-entry author-mara post-type-text"><div class="blog-item-top-wrapper"><div class="blog-item-title">
<h1 class="entry-title entry-title--large p-name" itemprop="headline">{TITLE}</h1></div><div class="blog-item-meta-wrapper">
<time class="dt-published blog-meta-item blog-meta-item--date" datetime="May 6"><span>May 6</span></time>
<div class="blog-meta-item blog-meta-item--author">Written by <a class="blog-author-name" href="/?author=1">{AUTHOR}</a></div>
</div></div><div class="blog-item-content e-content"><div class="sqs-layout sqs-grid-12 columns-12"><div class="row sqs-row">
<div class="col sqs-col-12 span-12">{block}{one}{two}</div></div></div>
<div class="sqs-block image-block sqs-block-image"><div class="sqs-block-content"><figure class="sqs-block-image-figure">
<div class="image-block-wrapper"><noscript><img src="{PICTURE}" alt=""></noscript><img class="thumb-image" data-src="{PICTURE}"
data-image="{PICTURE}" alt=""></div><figcaption class="image-caption-wrapper"><div class="image-caption"><p>{CAPTION}</p></div>
</figcaption></figure></div></div>{block}<h2>{HEADING}</h2>{three}</div></div></div>
<div class="sqs-block newsletter-block sqs-block-newsletter"><div class="sqs-block-content"><div class="newsletter-form-wrapper">
<form><h2 class="newsletter-form-header-title">Kumquat letters</h2><input type="email"></form></div></div></div>
{block}{four}</div></div></div><div class="sqs-block button-block sqs-block-button"><div class="sqs-block-content">
<div class="sqs-block-button-container"><a href="/planks" class="sqs-block-button-element--medium sqs-button-element--primary
sqs-block-button-element">Sponsor a plank</a></div></div></div></div></div></div></div></article></div></section>
<section id="itemPagination" class="item-pagination"><a href="/quokka" class="item-pagination-link--prev"><h2
class="item-pagination-title">Quokka on the roof</h2></a></section></article></main><footer>Okapi Road 4</footer>"""
    return Shape("Squarespace", f"{HOST}/blog/lamps", _document(head, body), calls=("Sponsor a plank",))


def wix() -> Shape:
    """Wix: machine-made classes, meaning in data-hook attributes, pictures in elements of its own."""
    one, two, three, four = (f'<p class="rkz1a d8uR2"><span class="rkz1a">{text}</span></p>' for text in PARAGRAPHS)
    head = f"""<title>{TITLE}</title><meta property="og:title" content="{TITLE}"><meta property="article:published_time"
content="2024-05-06T18:00:00.000Z"><meta property="article:author" content="{AUTHOR}"><script type="application/ld+json">
{{"@context":"https://schema.org","@type":"BlogPosting","author":{{"@type":"Person","name":"{AUTHOR}"}},
"datePublished":"2024-05-06T18:00:00.000Z","headline":"{TITLE}"}}</script>"""
    body = f"""<div id="SITE_CONTAINER"><header id="SITE_HEADER"><nav><a href="/zebra">Zebra</a></nav></header><main>
<div data-hook="post-page"><article class="o2Pq" data-hook="post"><div class="xL9"><ul data-hook="post-metadata"><li>
<span data-hook="user-name" title="{AUTHOR}" class="tQ0Q">{AUTHOR}</span></li><li><span data-hook="time-ago" title="May 6, 2024"
class="rB4m">May 6, 2024</span></li><li><span data-hook="time-to-read">3 min read</span></li></ul></div>
<h1 data-hook="post-title" class="H3vOVf"><span class="post-title__text">{TITLE}</span></h1>
<section data-hook="post-description"><div class="kyGTr"><div data-rce-version="10" class="fTEXDR"><div dir="ltr">
<div data-breakout="normal">{one}</div><div data-breakout="normal">{two}</div>
<div data-breakout="normal"><figure data-hook="imageViewer"><div role="button"><wow-image><img srcset="{PICTURE} 1x,
https://cdn.example.net/ledger-2x.jpg 2x" alt=""></wow-image></div><figcaption>{CAPTION}</figcaption></figure></div>
<div data-breakout="normal"><h2 class="rkz1a aH2"><span>{HEADING}</span></h2></div><div data-breakout="normal">{three}</div>
<div data-breakout="normal">{four}</div><div data-breakout="normal"><div class="b2"><a data-hook="link-button"
href="{HOST}/planks" role="button" class="Tf3">Sponsor a plank</a></div></div></div></div></div></section>
<div data-hook="post-footer"><button>Like</button></div></article><div data-hook="recent-posts"><h2>Recent Posts</h2><article
data-hook="post-list-item"><h2><a href="/post/kumquat">Kumquat trees by the sea</a></h2></article></div>
<div data-hook="comments"><h2>Comments</h2><p>Quokka and xylophone players may write here about anything they like.</p></div></div>
</main><footer id="SITE_FOOTER">Okapi Road 4</footer></div>"""
    return Shape("Wix", f"{HOST}/post/lamps", _document(head, body), calls=("Sponsor a plank",))


def medium() -> Shape:
    """Medium: test ids, a picture with sources, the author as an address in the metadata."""
    one, two, three, four = _p(' class="pw-post-body-paragraph nx ny"')
    head = f"""<title>{TITLE}. The keeper counted… | by {AUTHOR} | Harbour Letters | May, 2024 | Medium</title>
<meta property="og:title" content="{TITLE}"><meta property="article:author" content="https://medium.com/@mara">
<meta name="author" content="{AUTHOR}"><meta property="article:published_time" content="2024-05-06T18:00:00.000Z">
<script type="application/ld+json">{{"@context":"http://schema.org","@type":"NewsArticle","headline":"{TITLE}",
"dateCreated":"2024-05-06T17:00:00.000Z","datePublished":"2024-05-06T18:00:00.000Z","author":{{"@type":"Person",
"name":"{AUTHOR}"}},"creator":["{AUTHOR}"]}}</script>"""
    body = f"""<div id="root"><nav><a href="/zebra">Zebra</a> <a href="/signin">Sign in</a></nav><article><div class="m"><section>
<div class="ab"><h1 class="pw-post-title" data-testid="storyTitle">{TITLE}</h1><div class="speechify"><div class="ab q">
<a href="/@mara"><img alt="{AUTHOR}" src="/mara.jpg" data-testid="authorPhoto" width="44" height="44"></a>
<a data-testid="authorName" href="/@mara">{AUTHOR}</a><button>Follow</button><span data-testid="storyReadTime">3 min read</span>
<span>·</span><span data-testid="storyPublishDate">May 6, 2024</span></div><div><button>Listen</button><button>Share</button></div>
</div>{one}{two}<figure class="paragraph-image"><div role="button"><picture><source srcset="https://cdn.example.net/l-640.webp 640w"
type="image/webp"><img alt="" src="{PICTURE}" width="700" height="400"></picture></div><figcaption>{CAPTION}</figcaption></figure>
<h2 id="ab12" class="pw-subtitle">{HEADING}</h2>{three}{four}</div></section></div></article>
<div class="footer-ish"><h2>More from {AUTHOR}</h2><article><a href="/okapi"><h2>Okapi and other neighbours</h2></a>
<p>Okapi come rarely.</p></article></div><div><h2>Responses</h2><p>Quokka people write here.</p></div></div>"""
    return Shape("Medium", f"{HOST}/lamps-1a2b3c", _document(head, body))


def substack() -> Shape:
    """Substack: subscribe widgets between paragraphs, a subtitle, footnotes as elements."""
    one, two, three, four = _p()
    marked = three.replace("three villages upstream", 'three villages upstream<a class="footnote-anchor" id="footnote-anchor-1" '
                           'href="#footnote-1" target="_self">1</a>')  # fmt: skip
    head = f"""<title>{TITLE} - by {AUTHOR}</title><meta property="og:title" content="{TITLE}"><meta name="author"
content="{AUTHOR}"><script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","headline":
"{TITLE}","datePublished":"2024-05-06T18:00:00+00:00","author":[{{"@type":"Person","name":"{AUTHOR}"}}],"publisher":{{
"@type":"Organization","name":"Harbour Letters"}}}}</script>"""
    widget = """<div class="subscription-widget-wrap"><div class="subscription-widget show-subscribe"><div class="preamble"><p
class="cta-caption">Kumquat is a reader-supported letter. Consider becoming a subscriber.</p></div><form
class="subscription-widget-subscribe"><input type="email"><input type="submit" value="Subscribe"></form></div></div>"""
    body = f"""<div id="entry"><div class="main-menu"><a href="/">Harbour Letters</a><nav><a href="/zebra">Zebra</a></nav></div>
<div class="single-post-container"><div class="single-post"><article class="typography newsletter-post post"><div class="post-header">
<h1 class="post-title published">{TITLE}</h1><h3 class="subtitle">Thirty winters of names</h3><div class="byline-wrapper"><div
class="profile-hover-card-target"><a href="https://substack.com/@mara">{AUTHOR}</a></div><div class="meta">May 06, 2024</div></div>
</div><div class="available-content"><div dir="auto" class="body markup">{one}{widget}{two}<div class="captioned-image-container">
<figure><a class="image-link image2" href="{PICTURE}"><div class="image2-inset"><picture><source type="image/webp"
srcset="https://cdn.example.net/l-424.webp 424w"><img src="{PICTURE}" width="1456" height="971" alt=""></picture></div></a>
<figcaption class="image-caption">{CAPTION}</figcaption></figure></div><h2 class="header-anchor-post">{HEADING}</h2>{marked}{four}
<p class="button-wrapper"><a class="button primary" href="/planks"><span>Sponsor a plank</span></a></p>
<div class="footnote" data-component-name="FootnoteToDOM"><a id="footnote-1" href="#footnote-anchor-1" class="footnote-number">1</a>
<div class="footnote-content"><p>Two of the villages have since become one.</p></div></div></div></div></article>
<div class="post-footer"><div class="comments-page"><h4>Discussion about this post</h4><p>Quokka, okapi and xylophone.</p></div>
</div></div></div></div>"""
    return Shape("Substack", f"{HOST}/p/lamps", _document(head, body), calls=("Sponsor a plank",),
                 paragraphs=MARKED_PARAGRAPHS, footnotes=("Two of the villages have since become one.",))  # fmt: skip


def hugo() -> Shape:
    """A Hugo theme: no metadata worth the name, date and author in one line, heading anchors, endnotes."""
    one, two, three, four = _p()
    marked = three.replace(
        "upstream,", 'upstream<sup id="fnref:1"><a href="#fn:1" class="footnote-ref" role="doc-noteref">1</a></sup>,'
    )
    head = f"<title>{TITLE} | Harbour Letters</title><meta name='generator' content='Hugo 0.125.4'>"
    body = f"""<header class="header"><nav class="nav"><div class="logo"><a href="/">Harbour Letters</a></div><ul id="menu"><li>
<a href="/zebra">Zebra</a></li></ul></nav></header><main class="main"><article class="post-single"><header class="post-header">
<div class="breadcrumbs"><a href="/">Home</a>&nbsp;»&nbsp;<a href="/posts/">Posts</a></div>
<h1 class="post-title entry-hint-parent">{TITLE}</h1><div class="post-meta"><span title='2024-05-06 18:00:00 +0900 KST'>May 6, 2024
</span>&nbsp;·&nbsp;3 min&nbsp;·&nbsp;{AUTHOR}</div></header><div class="toc"><details><summary>Table of Contents</summary><ul><li>
<a href="#ledger">{HEADING}</a></li></ul></details></div><div class="post-content">{one}{two}<figure><img loading="lazy"
src="{PICTURE}"/><figcaption><p>{CAPTION}</p></figcaption></figure><h2 id="ledger">{HEADING}<a hidden class="anchor"
aria-hidden="true" href="#ledger">#</a></h2>{marked}{four}<div class="footnotes" role="doc-endnotes"><hr><ol><li id="fn:1">
<p>Two of the villages have since become one.&#160;<a href="#fnref:1" class="footnote-backref" role="doc-backlink">&#x21a9;&#xfe0e;
</a></p></li></ol></div></div><footer class="post-footer"><ul class="post-tags"><li><a href="/tags/okapi/">okapi</a></li></ul>
<nav class="paginav"><a class="prev" href="/kumquat"><span class="title">« Prev</span><br><span>Kumquat jam</span></a></nav></footer>
</article></main><footer class="footer"><span>Powered by Hugo</span></footer>"""
    return Shape("Hugo", f"{HOST}/posts/lamps/", _document(head, body),
                 paragraphs=MARKED_PARAGRAPHS, footnotes=("Two of the villages have since become one.",))  # fmt: skip


def hugo_time() -> Shape:
    """Another Hugo theme: a time element and "By NAME" beneath the title."""
    one, two, three, four = _p()
    head = f"<title>{TITLE}</title>"
    body = f"""<header><nav><a href="/zebra">Zebra</a></nav></header><main role="main"><article class="flex-l"><header><aside
class="instapaper_ignoref b helvetica">POSTS</aside><h1 class="f1 athelas mb1">{TITLE}</h1><p class="tracked">By <strong>{AUTHOR}
</strong></p><time class="f6 mv4 dib tracked" datetime="2024-05-06T18:00:00+09:00">May 6, 2024</time></header>
<div class="nested-copy-line-height lh-copy">{one}{two}<p><img src="{PICTURE}" alt="{CAPTION}"></p><h2 id="l">{HEADING}</h2>{three}
{four}</div><aside class="w-30-l"><div class="bg-light-gray"><p class="f5 b">Related</p><ul><li><a href="/kumquat">Kumquat jam for
a hundred guests and more</a></li></ul></div></aside></article></main>"""
    return Shape("Hugo, time element", f"{HOST}/posts/lamps/", _document(head, body), captions=())


def drupal() -> Shape:
    """Drupal: the title above the article, "Submitted by … on …" with a US date, RDFa properties."""
    one, two, three, four = _p()
    head = f"<title>{TITLE} | Harbour Letters</title><meta name='Generator' content='Drupal 10'>"
    body = f"""<div class="dialog-off-canvas-main-canvas"><header class="header"><nav role="navigation"><a href="/zebra">Zebra</a></nav>
</header><div class="region region-content"><div class="block block-page-title-block"><h1 class="title page-title"><span
property="schema:name" class="field field--name-title">{TITLE}</span></h1></div><article data-history-node-id="7" about="/lamps"
typeof="schema:Article" class="node node--type-article node--view-mode-full"><header><div class="node__meta"><article about="/user/3"
typeof="schema:Person" class="profile"></article><span>Submitted by <span class="field field--name-uid"><a href="/user/3"
lang="" about="/user/3" typeof="schema:Person" property="schema:name" class="username">{AUTHOR}</a></span> on <span
class="field field--name-created"><time datetime="2024-05-06T18:00:00+00:00" title="Monday, May 6, 2024 - 18:00">Mon, 05/06/2024 -
18:00</time></span></span></div></header><div class="node__content clearfix"><div property="schema:text" class="clearfix
text-formatted field field--name-body field--type-text-with-summary field__item">{one}{two}<figure role="group"
class="caption caption-img"><img src="{PICTURE}" alt=""><figcaption>{CAPTION}</figcaption></figure><h2>{HEADING}</h2>{three}{four}
</div><section class="field field--name-comment"><h2>Comments</h2><article class="comment"><p>Quokka lovers unite everywhere.</p>
<footer><time datetime="2024-05-10T10:00:00+00:00">Fri, 05/10/2024</time></footer></article></section></div></article></div>
<aside class="region-sidebar"><h2>Okapi news</h2></aside></div>"""
    return Shape("Drupal", f"{HOST}/lamps", _document(head, body))


def blogger() -> Shape:
    """Blogger: the only h1 is the blog's name, the title an h3, the byline in the post's footer."""
    one, two, three, four = PARAGRAPHS
    head = f"""<title>Harbour Letters: {TITLE}</title><meta property="og:title" content="{TITLE}"><meta name="generator"
content="blogger"><meta property="og:url" content="{HOST}/2024/05/lamps.html">"""
    body = f"""<div class="header-inner"><div class="titlewrapper"><h1 class="title"><a href="/">Harbour Letters</a></h1></div></div>
<div class="main section" id="main"><div class="widget Blog" id="Blog1"><div class="blog-posts hfeed"><div class="date-outer">
<h2 class="date-header"><span>Monday, May 6, 2024</span></h2><div class="date-posts"><div class="post-outer"><div
class="post hentry uncustomized-post-template" itemprop="blogPost" itemscope="itemscope" itemtype="http://schema.org/BlogPosting">
<meta content="77" itemprop="postId"/><a name="77"></a><h3 class="post-title entry-title" itemprop="name">{TITLE}</h3>
<div class="post-header"></div><div class="post-body entry-content" id="post-body-77" itemprop="description articleBody">{one}<br/>
<br/>{two}<br/><table align="center" class="tr-caption-container"><tbody><tr><td><a href="{PICTURE}"><img border="0"
src="{PICTURE}" width="400"/></a></td></tr><tr><td class="tr-caption">{CAPTION}</td></tr></tbody></table><br/><h3>{HEADING}</h3>
{three}<br/><br/>{four}<div style="clear: both;"></div></div><div class="post-footer"><div class="post-footer-line
post-footer-line-1"><span class="post-author vcard">Posted by <span class="fn" itemprop="author" itemscope="itemscope"
itemtype="http://schema.org/Person"><meta content="https://www.blogger.com/profile/1" itemprop="url"/><a class="g-profile"
href="https://www.blogger.com/profile/1" rel="author" title="author profile"><span itemprop="name">{AUTHOR}</span></a></span></span>
<span class="post-timestamp">at <meta content="{HOST}/2024/05/lamps.html" itemprop="url"/><a class="timestamp-link" rel="bookmark"
href="{HOST}/2024/05/lamps.html"><abbr class="published" itemprop="datePublished" title="2024-05-06T10:00:00-07:00">10:00 AM</abbr>
</a></span></div></div></div><div class="comments" id="comments"><h4>No comments:</h4><p>Quokka</p></div></div></div></div></div>
</div></div><div class="sidebar section"><div class="widget BlogArchive"><h2>Blog Archive</h2><a href="/2024/04/kumquat.html">Kumquat
</a></div></div>"""
    return Shape("Blogger", f"{HOST}/2024/05/lamps.html", _document(head, body))


def webflow_schema() -> Shape:
    """Webflow with JSON-LD under mainEntity and nothing shown, a form, a list and a video between rich texts."""
    one, two, three, four = _p()
    head = f"""<title>{TITLE}</title><meta content="{TITLE}" property="og:title"><script type="application/ld+json">{{"@context":
"https://schema.org","@type":"WebPage","mainEntity":{{"@type":"BlogPosting","headline":"{TITLE}","datePublished":
"May 6, 2024","author":{{"@type":"Person","name":"{AUTHOR}"}}}}}}</script>"""
    body = f"""<div class="navbar w-nav"><nav class="w-nav-menu"><a href="/zebra">Zebra</a></nav></div><section><h1>{TITLE}</h1></section>
<section class="article"><div class="rich-text w-richtext">{one}{two}<figure class="w-richtext-figure-type-image"><div><img
src="{PICTURE}" alt=""></div><figcaption>{CAPTION}</figcaption></figure></div><div class="newsletter w-form"><form><h3>Kumquat by
mail</h3><input type="email"></form><div class="w-form-done">Quokka!</div></div><div class="rich-text w-richtext"><h2 id="l">{HEADING}
</h2>{three}</div><div class="w-dyn-list"><div class="w-dyn-items"><div class="w-dyn-item"><a href="/okapi">Okapi</a></div></div>
</div><div class="w-video w-embed"><iframe src="//www.youtube.com/embed/lamps000001" title="Lamps at night"></iframe></div>
<div class="rich-text w-richtext">{four}</div></section><section><h2>More</h2><div class="w-dyn-list"><div class="w-dyn-items"><div
class="w-dyn-item"><h3>Xylophone</h3><div class="w-richtext"><p>Xylophone music and its history. {" ".join(["Xylophone"] * 90)}</p>
</div></div></div></div></section><footer>Okapi Road</footer>"""
    return Shape(
        "Webflow, schema", f"{HOST}/blog/lamps", _document(head, body).replace("<html ", '<html data-wf-site="5e" ')
    )


def webflow_collection() -> Shape:
    """Webflow with author and date in text blocks of a header whose classes a designer chose."""
    one, two, three, four = _p()
    head = f"<title>{TITLE} | Harbour Letters</title>"
    body = f"""<div class="navbar w-nav"><a href="/zebra">Zebra</a></div><div class="post-hero"><div class="post-category">Sea</div>
<h1 class="heading-2">{TITLE}</h1><div class="post-info"><div class="text-block">Written by</div><a href="/authors/mara"
class="author-link">{AUTHOR}</a><div class="text-block">·</div><div class="text-block">6 May 2024</div></div></div>
<div class="rich-text w-richtext">{one}{two}<figure class="w-richtext-figure-type-image"><div><img src="{PICTURE}" alt=""></div>
<figcaption>{CAPTION}</figcaption></figure><h3>{HEADING}</h3>{three}{four}</div><h2>Keep reading</h2><div class="w-dyn-list"><div
class="w-dyn-items"><div class="w-dyn-item"><h3>Kumquat</h3><div>May 9, 2024</div></div></div></div><footer>Okapi</footer>"""
    return Shape(
        "Webflow, collection", f"{HOST}/blog/lamps", _document(head, body).replace("<html ", '<html data-wf-site="5e" ')
    )


def naver_blog() -> Shape:
    """Naver's blog editor: no h1, every paragraph in a module, a nickname, a dotted date."""
    one, two, three, four = (
        f'<div class="se-component se-text se-l-default"><div class="se-component-content"><div class="se-section se-section-text">'
        f'<div class="se-module se-module-text"><p class="se-text-paragraph"><span class="se-fs-">{text}</span></p></div></div></div></div>'
        for text in KOREAN_PARAGRAPHS
    )
    head = f"""<title>{KOREAN_TITLE} : 네이버 블로그</title><meta property="og:title" content="{KOREAN_TITLE}">
<meta property="og:article:author" content="네이버 블로그 | 항구의 편지"><meta property="naverblog:nickname" content="{KOREAN_AUTHOR}">"""
    body = f"""<div id="wrapper"><div id="whole-head"><a href="/zebra">Zebra</a></div><div id="postListBody"><div id="post_1" class="post">
<div class="se-viewer se-theme-default" lang="ko-KR"><div class="se-component se-documentTitle"><div class="se-component-content">
<div class="se-section se-section-documentTitle"><div class="se-module se-module-text se-title-text"><p class="se-text-paragraph">
<span class="se-fs- se-ff-">{KOREAN_TITLE}</span></p></div><div class="blog2_container"><span class="writer"><span class="nick"><a
href="https://blog.naver.com/harbour" class="link">{KOREAN_AUTHOR}</a></span></span><i class="dot"> ・ </i><span class="se_publishDate
pcol2">2024. 5. 6. 18:00</span></div></div></div></div><div class="se-main-container">{one}{two}<div class="se-component se-image"><div
class="se-component-content"><div class="se-section se-section-image"><div class="se-module se-module-image"><a class="se-module-image-link"
href="#"><img src="{PICTURE}?type=w80_blur" data-lazy-src="{PICTURE}" class="se-image-resource" alt=""></a></div><div class="se-module
se-module-text se-caption"><p class="se-text-paragraph"><span>지기의 책상 위 장부.</span></p></div></div></div></div>
<div class="se-component se-quotation"><div class="se-section"><h3 class="se-quote">{KOREAN_HEADING}</h3></div></div>{three}{four}</div></div>
<div class="post_footer_contents"><div class="wrap_tag"><a href="/tag">Okapi</a></div></div></div></div><div class="area_related"><p>Quokka
이야기</p></div></div>"""
    return Shape("Naver blog", "https://blog.naver.example.com/harbour/223400001", _document(head, body, "ko"), title=KOREAN_TITLE,
                 author=KOREAN_AUTHOR, paragraphs=KOREAN_PARAGRAPHS, headings=(KOREAN_HEADING,), captions=())  # fmt: skip


def naver_news() -> Shape:
    """A Korean newspaper: "입력 …" with morning and afternoon, a reporter with an address, text parted by breaks."""
    text = "<br><br>".join(KOREAN_PARAGRAPHS)
    head = f"""<title>{KOREAN_TITLE}</title><meta property="og:title" content="{KOREAN_TITLE}"><meta property="og:article:author"
content="항구일보 | 네이버"><meta name="twitter:creator" content="항구일보">"""
    body = f"""<header role="banner"><nav><a href="/zebra">Zebra</a></nav></header><div id="ct_wrap"><div id="ct" role="main">
<div class="media_end_head go_trans"><div class="media_end_head_title"><h2 id="title_area" class="media_end_head_headline"><span>{KOREAN_TITLE}
</span></h2></div><div class="media_end_head_info"><div class="media_end_head_info_datestamp"><div
class="media_end_head_info_datestamp_bunch">입력<span class="media_end_head_info_datestamp_time _ARTICLE_DATE_TIME"
data-date-time="2024-05-06 18:00:12">2024.05.06. 오후 6:00</span></div><div class="media_end_head_info_datestamp_bunch">수정<span
class="media_end_head_info_datestamp_time">2024.05.07. 오전 9:12</span></div></div></div><div class="media_end_head_journalist"><em
class="media_end_head_journalist_name">{KOREAN_AUTHOR} 기자</em></div></div><div id="contents"><article id="dic_area"
class="go_trans _article_content">{text}</article><div class="byline"><p class="byline_p"><span class="byline_s">{KOREAN_AUTHOR}
기자(kim@harbour.example.com)</span></p></div><div class="copyright"><p>Copyright ⓒ 항구일보. Kumquat 무단 전재 금지.</p></div></div>
<div class="aside"><h2>이 기사와 함께 본 Okapi 뉴스</h2></div></div></div>"""
    return Shape("Naver news", "https://n.news.naver.example.com/article/001/0014000000", _document(head, body, "ko"), title=KOREAN_TITLE,
                 author=KOREAN_AUTHOR, paragraphs=KOREAN_PARAGRAPHS, headings=(), captions=())  # fmt: skip


def korean_site() -> Shape:
    """A Korean organisation's page made with a board: labels before date and writer, a table as the head."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in KOREAN_PARAGRAPHS)
    head = f"<title>{KOREAN_TITLE} - 항구의 편지</title>"
    body = f"""<div id="gnb"><ul><li><a href="/zebra">Zebra</a></li></ul></div><div id="container"><div class="board_view"><h3
class="view_title">{KOREAN_TITLE}</h3><ul class="view_info"><li><strong>작성자</strong> {KOREAN_AUTHOR}</li><li><strong>작성일</strong>
2024-05-06 18:00</li><li><strong>조회수</strong> 1,203</li></ul><div class="view_content">{text}</div><div class="view_nav"><a
href="/kumquat">이전글 Kumquat</a></div></div></div><div id="footer">Okapi로 4</div>"""
    return Shape("Korean board", "https://harbour.example.kr/board/view?id=7", _document(head, body, "ko"), title=KOREAN_TITLE,
                 author=KOREAN_AUTHOR, paragraphs=KOREAN_PARAGRAPHS, headings=(), captions=())  # fmt: skip


def tistory() -> Shape:
    """Tistory: spans in a figure, a row of buttons and a table of further posts inside the body's container."""
    one, two, three, four = _p(' data-ke-size="size16"', KOREAN_PARAGRAPHS)
    head = f"""<title>{KOREAN_TITLE}</title><meta property="og:title" content="{KOREAN_TITLE}"><meta property="og:article:author"
content="'{KOREAN_AUTHOR}'"><meta property="article:published_time" content="2024-05-06T18:00:00+09:00"><script
type="application/ld+json">{{"@context":"http://schema.org","@type":"BlogPosting","mainEntityOfPage":{{"@id":
"https://harbour.tistory.example.com/7","name":null}},"headline":"{KOREAN_TITLE}","author":{{"@type":"Person","name":"{KOREAN_AUTHOR}",
"logo":null}},"datePublished":"2024-05-06T18:00:00+09:00","dateModified":"2024-06-01T08:00:00+09:00"}}</script>"""
    body = f"""<div id="wrap"><header id="header"><h1><a href="/">항구의 편지</a></h1><nav id="gnb"><a href="/zebra">Zebra</a></nav></header>
<div id="content" role="main"><div class="inner"><div class="hgroup"><div class="category">바다</div><h1>{KOREAN_TITLE}</h1><div
class="post-meta"><span class="author">{KOREAN_AUTHOR}</span><span class="date">2024. 5. 6. 18:00</span></div></div>
<div class="entry-content" id="article-view"><div class="tt_article_useless_p_margin contents_style">{one}{two}
<figure class="imageblock alignCenter"><span data-url="{PICTURE}" data-phocus="{PICTURE}"><img src="{PICTURE}" srcset="{PICTURE}"
loading="lazy"></span><figcaption>지기의 책상 위 장부.</figcaption></figure><h2 data-ke-size="size26">{KOREAN_HEADING}</h2>{three}{four}</div>
<div class="container_postbtn #post_button_group"><button class="btn_post">공감</button></div><div data-tistory-react-app="Namecard">
</div></div><div class="tags"><h2>태그</h2><a href="/tag/okapi">okapi</a></div><div class="another_category"><h4>'바다' 카테고리의 다른 글</h4>
<table><tr><th><a href="/6">Kumquat 이야기</a></th><td>2024.04.01</td></tr></table></div></div></div><aside id="aside">Quokka</aside></div>"""
    return Shape("Tistory", "https://harbour.tistory.example.com/7", _document(head, body, "ko"), title=KOREAN_TITLE,
                 author=KOREAN_AUTHOR, paragraphs=KOREAN_PARAGRAPHS, headings=(KOREAN_HEADING,),
                 captions=("지기의 책상 위 장부.",))  # fmt: skip


def microdata() -> Shape:
    """A hand-made site with schema.org microdata around everything, newest comments above the text."""
    one, two, three, four = _p()
    head = (
        f"<title>Lamps, ships and names: a story | Harbour Letters</title><meta property='og:title' content='{TITLE}'>"
    )
    body = f"""<div id="top"><a href="/zebra">Zebra</a></div><div itemscope itemtype="https://schema.org/BlogPosting"><h1
itemprop="headline">{TITLE}</h1><p>By <a itemprop="author" itemscope itemtype="https://schema.org/Person" rel="author" href="/mara"><span
itemprop="name">{AUTHOR}</span></a>, <time itemprop="datePublished" datetime="2024-05-06T18:00">6 May 2024</time></p>
<div itemprop="articleBody">{one}{two}<figure><img src="{PICTURE}" alt=""><figcaption>{CAPTION}</figcaption></figure><h2>{HEADING}</h2>
{three}{four}</div></div><div class="newsletter-signup"><h3>Kumquat by mail</h3><p>Get a kumquat in your letterbox every week.</p></div>
<div id="bottom">Okapi</div>"""
    return Shape("Microdata", f"{HOST}/lamps", _document(head, body))


SHAPES = tuple(
    make()
    for make in (
        wordpress, wordpress_blocks, ghost, squarespace, wix, medium, substack, hugo, hugo_time, drupal, blogger,
        webflow_schema, webflow_collection, naver_blog, naver_news, korean_site, tistory, microdata,
    )
)  # fmt: skip
