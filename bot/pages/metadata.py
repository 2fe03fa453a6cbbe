"""Reads an article's metadata from its page: title, date, author, the author's note, picture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import islice
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.dates.parsing import date_in, parse_stamp
from bot.durations import DAY
from bot.pages.blocks import Block, BlockKind, ancestors, has_class, is_skipped, read_blocks
from bot.pages.byline import MAX_NOTE, authors_among, authors_in, is_name, is_organisation, people_in
from bot.pages.structured_data import MAX_NODES, StructuredData, leads_home
from bot.pages.webflow import RICH_TEXT
from bot.plain_text import folded, letters, one_line

NEIGHBOUR = frozenset({"w-dyn-item", "w-dyn-items", "w-condition-invisible"})
CHROME = frozenset({"footer", "nav", "aside"})
FOREIGN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|related|recommended|recent|sidebar|widget|teaser|card|popular|trending|more-from|"
    r"post-list|posts-list|footer|responses?)(?:[\s_-]|$)",
    re.IGNORECASE,
)
AUTHOR_LIST = re.compile(r"(?:^|[\s_-])authors?-list(?:[\s_-]|$)", re.IGNORECASE)
MAX_LISTED = 3  # links in a list of a post's authors
POST_FOOTER = re.compile(r"(?:post|entry|article|single|story)-?footer", re.IGNORECASE)
MOST_OF_TITLE = 0.5
MAX_DATE_LINES = 6  # of one block
MAX_NAMES = 12  # more names in one element are a list of authors
SAME_BYLINE = 3  # elements up, the names of one byline share one
MAX_NAME_WORDS, MAX_CARD = 5, 300  # of a marked name, and characters of a card that holds one
GENERIC_HEADINGS = frozenset({
    "blog", "the blog", "our blog", "news", "latest news", "stories", "our stories", "articles", "press", "updates",
    "home", "magazine", "journal", "posts", "resources", "블로그", "뉴스", "소식", "이야기", "공지사항", "보도자료",
})  # fmt: skip
TITLES = (
    '[itemprop~="headline"]', ".entry-title", ".post-title", ".article-title", ".p-name", ".headline", ".se-title-text",
    ".bo_v_tit", ".tit_view", ".title_view", ".view_title", ".board_title", '[property="schema:name"]',
)  # fmt: skip
# Marks by which platforms say who wrote an article, the surest first: what holds a name and nothing else, then
# what holds a byline.
NAME_MARKS = (
    '[itemprop~="author"] [itemprop~="name"]', '[itemprop~="author"]', '[property="schema:author"]', "author",
    '[data-testid="authorName"]', '[data-testid="AuthorURL"]', '[data-hook="user-name"]',
    '[typeof="schema:Person"][property="schema:name"]', '[class*="author-name"]', '[class*="author__name"]',
    '[class*="authorname"]', '[class*="author_name"]', '[class*="author-text"]', '[class*="byline-name"]',
    '[class*="byline__name"]', '[class*="journalist_name"]', '[class*="reporter_name"]', ".vcard .fn",
    "a[rel~=author]", ".p-author", ".username", ".sv_member", ".sv_guest", 'a[href*="/author/"]',
    'a[href*="/authors/"]', 'a[href*="?author="]', '[class*="author"] [class*="name"]',
)  # fmt: skip
BYLINE_MARKS = (
    ".post-author", ".entry-author", ".article-author", '[class*="byline"]', '[class*="Byline"]',
    '[data-component="Byline"]', '[data-component*="byline"]', '[class*="submitted-by"]', ".author", ".writer",
    ".nick", ".reporter", '[class*="author" i]', '[class*="autor" i]', '[class*="auteur" i]', '[class*="writer"]',
    '[id*="author"]', '[id*="autor"]',
)  # fmt: skip
# Pages about people, where only a name in words is taken for one.
PEOPLE_LINKS = tuple(
    f'a[href*="/{folder}"]'
    for folder in (
        "profile/", "profiles/", "people/", "staff/", "contributor/", "contributors/", "reporter/", "reporters/",
        "journalist/", "journalists/", "writer/", "writers/", "columnists/", "autor/", "autores/", "auteur/", "@",
    )
)  # fmt: skip
USER_NAME = re.compile(r"(?=\S*\d)[^\W\d_]{3}[\w.-]{0,30}")  # such as "bjorn07", which is the name readers see
META_MARKS = (".submitted", ".post-meta", ".entry-meta", ".meta")  # more than a byline
# Marks of the day of publication, and those that other dates carry as well.
DATE_MARKS = (
    'time[itemprop~="datePublished"]', '[itemprop~="datePublished"] time', "time.published", "time.entry-date",
    "time[pubdate]", "time.dt-published", "abbr.published", '[class*="published"] time',
    '[data-testid="storyPublishDate"]', '[data-hook="time-ago"]', "[data-date-time]", "[data-publishtime]",
    '[class*="date"] [data-timestamp]', "time[data-timestamp]", '[aria-label^="Published"]',
    '[class*="publishDate"]',
    '[class*="publish-date"]', '[class*="publish_date"]', '[class*="published"]', '[class*="post-date"]',
    '[class*="entry-date"]', '[class*="article-date"]', '[class*="blog_date"]', '[class*="date-header"]',
    '[class*="datestamp"]', ".if_date", "a[rel~=bookmark]",
)  # fmt: skip
DATE_ATTRIBUTES = ("datetime", "content", "data-date-time", "data-publishtime", "data-timestamp", "aria-label", "title")
VAGUE_DATE_MARKS = ("time[datetime]", '[class*="timestamp"]', ".post-meta [title]", ".date", '[class*="date"]')
SECTION = re.compile(r"\s?[>»\u203a|]\s")
EVENT_CLASS = re.compile(r"(?:^|[\s_-])event", re.IGNORECASE)
NOTES = (
    '[class*="author-bio"]', '[class*="author-description"]', '[class*="author__bio"]', '[class*="author-info"]',
    '[class*="about-author"]', '[class*="author-box"]', '[class*="bio"]',
    '[itemprop~="author"] [itemprop~="description"]',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metadata:
    """An article's metadata; empty or None where the page has none.

    `notes` are texts that may introduce the author.
    """

    title: str
    author: str
    notes: tuple[str, ...]
    published: float | None
    image: str


def read_metadata(
    tree: LexborHTMLParser,
    root: LexborNode | None,
    stated: StructuredData,
    titles: set[str],
    nearby: list[Block],
    zone: tzinfo,
    *,
    authors: tuple[str, ...] = (),
    published: float | None = None,
) -> Metadata:
    """Reads the metadata of an article.

    `root` is the element of the body, `titles` are what its title may be, folded, `nearby` the blocks beside and above
    the article, nearest first, `zone` is that of times without one. `authors` and `published` are those known already.

    Author and date come from structured data first, then from elements that platforms mark, then from
    the lines nearest to the body.
    """
    texts = [one_line(block.text) for block in nearby if block.kind is BlockKind.PARAGRAPH]
    notes = [text for text in texts if not authors_in(text)]
    notes += [one_line(node.text(separator=" ")) for selector in NOTES for node in tree.css(selector)[:5]]
    around = (root, *ancestors(root)) if root is not None else ()
    marked = _Marked(tree, {node.mem_id for node in around}, zone)
    # The smallest element that holds the body and the title: what is outside may be of other articles.
    article = next((one for one in around if one.tag in ("article", "main") or one.css_first("h1") is not None), None)
    authors = (
        authors
        or stated.authors
        or marked.authors(article)
        or authors_among(nearby)
        or (marked.authors(None) if article is not None else ())
    )
    if published is None:
        published = stated.published
        if published is not None and published % DAY == DAY / 2:
            # A day without a time is that of the page's zone or of UTC: the time that readers see decides.
            shown = marked.date(None, ("time[datetime]",))
            published = shown if shown is not None and abs(shown - published) < 1.5 * DAY else published
    if published is None and not stated.is_event:
        # What is above the title is the site's, and may be today's date.
        title = next((at for at, block in enumerate(nearby) if folded(block.text) in titles), len(nearby))
        published = (
            marked.date(article, DATE_MARKS)
            or shown_date(nearby[:title], zone)
            or marked.date(article, VAGUE_DATE_MARKS)
            or marked.date(None, DATE_MARKS)
            or shown_date(nearby[title:], zone)
            or marked.date(None, VAGUE_DATE_MARKS)
        )
    return Metadata(
        title=_title(tree, root, stated),
        author=", ".join(authors) or stated.fallback_author,
        notes=tuple(text for text in notes if len(text) <= MAX_NOTE),
        published=published,
        image=stated.metas.get("og:image", ""),
    )


def shown_date(blocks: list[Block], zone: tzinfo) -> float | None:
    """The first date that blocks show to readers."""
    lines = (line for block in blocks for line in (block.text, *block.text.split("\n")[:MAX_DATE_LINES]))
    return next((found for line in lines if (found := date_in(one_line(line)[:300], zone)) is not None), None)


def belongs(node: LexborNode) -> bool:
    """Whether an element is part of this page's own article, not of another one, a menu, a form or a footer."""
    return not any(
        above.is_element_node and (has_class(above, NEIGHBOUR) or (above.tag or "") in CHROME or is_skipped(above))
        for above in (node, *ancestors(node))
    )


def slug_agrees(tree: LexborHTMLParser, url: str) -> bool:
    """Whether the item that Webflow names, if any, is the last segment of the address."""
    html = tree.css_first("html")
    slug = (html.attributes.get("data-wf-item-slug") or "") if html is not None else ""
    last = unquote(urlsplit(url).path).rstrip("/").rsplit("/", 1)[-1]
    return not slug or unquote(slug).casefold() == last.casefold()


def _title(tree: LexborHTMLParser, root: LexborNode | None, stated: StructuredData) -> str:
    """The heading that readers see is preferred to the title for search engines."""
    named = [*stated.titles, *([stated.headline] if stated.headline else [])]
    inside = {node.mem_id for node in root.css("h1")} if root is not None else set[int]()
    whole = {folded(name): name for name in named}
    site = folded(stated.metas.get("og:site_name", ""))
    headings: list[LexborNode] = []
    for node in tree.css("h1")[:MAX_NODES]:
        text = folded(node.text())
        # Every page of a site has its name or a section's.
        names_site = text in ("", site) or text in GENERIC_HEADINGS or (text not in whole and leads_home(node))
        if not names_site and belongs(node):
            headings.append(node)
    outside = [text for node in headings if node.mem_id not in inside and folded(text := one_line(node.text()))]
    others = [node for selector in TITLES for node in tree.css(selector)[:3] if belongs(node)]
    others += [node for node in tree.css("h2, h3")[:MAX_NODES] if belongs(node)]
    marked = [text for node in others if (text := one_line(node.text()))]
    own = [one_line(node.text()) for node in headings]
    agreed = [text for text in (*own, *marked) if folded(text) in whole]
    parts: list[str] = []
    if not agreed:
        # Kicker and title in elements of their own, or title and byline in lines: "Rail<b>Across the Pass</b>".
        spelled = {letters(name): name for name in named}
        agreed = [spelled[text] for text in map(letters, (*own, *marked)) if text in spelled]
        parts = [one_line(part.text()) for node in (*headings, *others) for part in node.iter(include_text=True)]
        agreed += [whole[text] for text in map(folded, parts) if text in whole]
    for text in (*parts, *outside, *marked):
        heading = folded(text)
        # One of the page's names is this heading with little around it.
        if heading and any(heading in name and len(heading) >= MOST_OF_TITLE * len(name) for name in whole):
            agreed.append(text)
    # Of several first headings the one most like the page's names: a section's may be the first.
    words = {word for name in whole for word in name.split()}
    outside.sort(key=lambda text: -len(words.intersection(folded(text).split())))
    # A rich text has its sections' headings, which may be h1; any other body may begin with its title.
    in_body = root is not None and has_class(root, RICH_TEXT)
    candidates = [*agreed, *outside, *([] if in_body else own[:1]), *named, *own]
    title = next((text for text in candidates if text), "")
    # A heading followed by the section's name ("Title > News") is often repeated without it.
    return next((text for text in marked if text and SECTION.match(title.removeprefix(text))), title)


def _is_foreign(node: LexborNode, own: set[int]) -> bool:
    """Whether an element is in comments, in a list of other articles or in the site's frame.

    `own` are the elements that hold the article's body.
    """
    credited = False  # an address is that of an article's author
    for above in (node, *ancestors(node)):
        if above.mem_id in own:
            return False
        if not above.is_element_node:
            continue
        names = f"{above.attributes.get('class') or ''} {above.attributes.get('id') or ''}"[:300]
        tag = above.tag or ""
        credited = credited or tag == "address"
        if tag == "nav" or (tag == "aside" and not credited) or has_class(above, NEIGHBOUR):
            return True
        if (
            AUTHOR_LIST.search(names)
            and len({link.attributes.get("href") for link in above.css("a[href]")}) > MAX_LISTED
        ):
            return True  # the site's authors; a post's own are few
        if (
            (tag == "footer" or FOREIGN_CLASS.search(names))
            and not POST_FOOTER.search(names)
            and tag not in ("body", "html")
        ):
            return True
    return False


def _names_inside(node: LexborNode, *, mixed: bool) -> tuple[str, ...]:
    """The names in the one line of a short element that has some, as in a card with portrait, name and date.

    A `mixed` element also has the category and the like: there a name needs its label.
    """
    if len(node.text(separator="")) > MAX_CARD:
        return ()
    blocks, _ = read_blocks(node, "")
    if labelled := authors_among(blocks[::-1]):
        return labelled
    texts = [one_line(block.text) for block in blocks]
    names = [people_in(text) for text in texts if date_in(text) is None]
    names = [people for people in names if is_name(", ".join(people))]
    return names[0] if len(names) == 1 and not mixed else ()


@dataclass(frozen=True, slots=True)
class _Marked:
    """The elements that platforms mark. Each mark is searched for once, however many parts of the page are asked for.

    `own` are the elements that hold the article's body, `zone` is that of times without one.
    """

    tree: LexborHTMLParser
    own: set[int]
    zone: tzinfo
    found: dict[str, list[LexborNode]] = field(default_factory=dict[str, list[LexborNode]])

    def inside(self, part: LexborNode | None, selector: str) -> list[LexborNode]:
        """Those inside an element, or anywhere on the page without one."""
        if selector not in self.found:
            self.found[selector] = self.tree.css(selector)[:MAX_NODES]
        found = self.found[selector]
        if part is None:
            return found
        return [node for node in found if any(above.mem_id == part.mem_id for above in ancestors(node))]

    def authors(self, part: LexborNode | None) -> tuple[str, ...]:
        """The authors in elements that platforms mark so: the first that names people, and those beside it.

        An organisation only where none names people.
        """
        organisation: tuple[str, ...] = ()
        for selector in (*NAME_MARKS, *BYLINE_MARKS, *PEOPLE_LINKS, *META_MARKS):
            names: list[str] = []
            beside: set[int] = set()
            for node in self.inside(part, selector):
                text = one_line((node.attributes.get("content") or "") or node.text(separator=" "))
                bare = selector in NAME_MARKS and max(len(piece.split()) for piece in text.split(",")) <= MAX_NAME_WORDS
                if bare or (selector in PEOPLE_LINKS and is_name(text)):
                    named = authors_in(text) or people_in(text) or ((text,) if USER_NAME.fullmatch(text) else ())
                else:
                    named = authors_in(text) or _names_inside(node, mixed=selector in META_MARKS)
                around = {above.mem_id for above in islice(ancestors(node), SAME_BYLINE) if above.tag != "body"}
                if named and (not names or beside & around) and not _is_foreign(node, self.own):
                    names += [name for name in named if name not in names]
                    beside = beside or around
            people = [name for name in names if not is_organisation(name)]
            if 0 < len(people) <= MAX_NAMES:
                return tuple(people)
            organisation = organisation or tuple(names[:1])
        return organisation

    def date(self, part: LexborNode | None, marks: Sequence[str]) -> float | None:
        """The date in an element that platforms mark so; the day of an event is none."""
        for selector in marks:
            for node in self.inside(part, selector):
                attributes = node.attributes
                if EVENT_CLASS.search(attributes.get("class") or ""):
                    continue
                values = [attributes.get(name) or "" for name in DATE_ATTRIBUTES]
                stamps = (parse_stamp(value, self.zone) or date_in(value[:200], self.zone) for value in values if value)
                found = next((stamp for stamp in stamps if stamp is not None), None)
                found = found or date_in(one_line(node.text(separator=" "))[:200], self.zone)
                if found is not None and not _is_foreign(node, self.own):
                    return found
        return None
