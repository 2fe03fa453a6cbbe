"""Blogs as ten platforms shape them: addresses, lists, links to older posts, sitemaps. Small pages, our own words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

PER_PAGE = 4
FIRST = datetime(2023, 10, 3, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Post:
    """One article of a blog."""

    number: int

    @property
    def date(self) -> datetime:
        return FIRST + timedelta(days=40 * self.number)

    @property
    def slug(self) -> str:
        return f"a-bridge-of-planks-{self.number}"

    @property
    def title(self) -> str:
        return f"A Bridge of Planks {self.number}"


@dataclass
class Blog:
    """`pages` by path with query: kind and body. `start` is where an operator points the import."""

    posts: list[Post]
    paths: dict[int, str]
    start: str
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    def urls(self) -> list[str]:
        return [self.paths[post.number] for post in self.posts]


def article(post: Post, head: str = "", around: str = "{}") -> str:
    """The page of an article, with links to two others below it."""
    words = " ".join(
        f"Plank {n} of bridge {post.number} was laid by people of the village before noon." for n in range(30)
    )
    stamp = post.date.isoformat()
    body = (
        f'<article><h1>{post.title}</h1><p>By Mina Park</p><time datetime="{stamp}">{post.date:%B %d, %Y}</time>'
        f"<p>{words}</p><h2>How it stands</h2><p>{words}</p></article>"
    )
    return (
        f'<!doctype html><html><head><title>{post.title}</title>{head}<meta property="article:published_time"'
        f' content="{stamp}"></head><body><nav><a href="/">Home</a><a href="/about/">About</a></nav>'
        f"{around.format(body)}<footer><a href='/about/'>About</a></footer></body></html>"
    )


def listing(items: str, following: str) -> str:
    """A page of a list."""
    return (
        '<!doctype html><html><head><title>Blog</title></head><body><nav><a href="/">Home</a>'
        f'<a href="/about/">About</a></nav><main>{items}</main>{following}</body></html>'
    )


def about() -> str:
    words = "We build bridges in villages and write about it when there is time. " * 20
    return (
        f"<html><head><title>About</title></head><body><article><h1>About us</h1><p>{words}</p></article></body></html>"
    )


def sitemap(base: str, paths: list[str]) -> str:
    urls = "".join(f"<url><loc>{base}{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def sitemap_index(base: str, paths: list[str]) -> str:
    maps = "".join(f"<sitemap><loc>{base}{path}</loc></sitemap>" for path in paths)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>'


@dataclass(frozen=True)
class Shape:
    """How a platform builds a blog: `item` and `older` are templates of a list, `page` the path of its pages."""

    path: str
    start: str
    page: str
    item: str
    older: str
    sitemaps: bool = True
    types: bool = False  # a sitemap for every type of page
    robots: str = ""


SHAPES = {
    "wordpress": Shape(
        "/{date:%Y}/{date:%m}/{slug}/", "/", "/page/{n}/",
        '<article class="post hentry"><h2 class="entry-title"><a href="{path}" rel="bookmark">{title}</a></h2>'
        '<a href="/category/news/">News</a></article>',
        '<div class="nav-links"><a class="page-numbers" href="/page/{n}/">{n}</a>'
        '<a class="next page-numbers" href="{older}">Next</a></div>', types=True,
    ),
    "wordpress, older theme without sitemap": Shape(
        "/{date:%Y}/{date:%m}/{date:%d}/{slug}/", "/blog/", "/blog/page/{n}/",
        '<div class="post"><h2><a href="{path}">{title}</a></h2></div>',
        '<div class="nav-previous"><a href="{older}">&larr; Older posts</a></div>', sitemaps=False,
    ),
    "ghost": Shape(
        "/{slug}/", "/", "/page/{n}/",
        '<article class="post-card"><a class="post-card-image-link" href="{path}">x</a>'
        '<a class="post-card-content-link" href="{path}"><h2>{title}</h2></a></article>',
        '<nav class="pagination"><a class="older-posts" href="{older}">Older Posts</a></nav>', types=True,
    ),
    "webflow": Shape(
        "/blog/{slug}", "/blog", "/blog?1a2b3c4d_page={n}",
        '<div class="w-dyn-item"><a href="{path}">{title}</a></div>',
        '<a class="w-pagination-next" href="{older}">Next</a>',
    ),
    "hugo": Shape(
        "/posts/{slug}/", "/posts/", "/posts/page/{n}/",
        '<li><a href="{path}">{title}</a></li>',
        '<ul class="pagination"><li><a href="{older}" aria-label="Next">&raquo;</a></li></ul>',
    ),
    "jekyll": Shape(
        "/{date:%Y}/{date:%m}/{date:%d}/{slug}.html", "/", "/page{n}/",
        '<ul class="post-list"><li><h3><a class="post-link" href="{path}">{title}</a></h3></li></ul>',
        '<div class="pagination"><a class="older" href="{older}">Older</a></div>', sitemaps=False,
    ),
    "medium": Shape(
        "/{slug}-3f9a{n:02x}7cd1{n:02x}", "/", "/archive?page={n}",
        '<article><a href="{path}"><h2>{title}</h2></a><a href="/@mina">Mina</a></article>',
        '<a rel="next" href="{older}">More stories</a>',
    ),
    "blogger": Shape(
        "/{date:%Y}/{date:%m}/{slug}.html", "/", "/search?updated-max={n}",
        '<div class="post hentry"><h3 class="post-title entry-title"><a href="{path}">{title}</a></h3></div>',
        '<a class="blog-pager-older-link" href="{older}">Older Posts</a>',
        robots="User-agent: *\nDisallow: /search\nAllow: /\nSitemap: {base}/sitemap.xml\n",
    ),
    "squarespace": Shape(
        "/blog/{date:%Y}/{date.month}/{date.day}/{slug}", "/blog", "/blog?offset={n}",
        '<article class="hentry"><h1 class="entry-title"><a href="{path}">{title}</a></h1></article>',
        '<div class="older"><a rel="next" href="{older}">Older</a></div>',
    ),
    "korean blog": Shape(
        "/{n}", "/", "/?page={n}",
        '<article><h2><a href="{path}">{title}</a></h2></article>',
        '<a href="{older}">다음 페이지</a>', sitemaps=False,
    ),
    "numbered articles and pages": Shape(
        "/news/20{n:02}", "/news", "/news?page={n}",
        '<li><a href="{path}">{title}</a></li><a href="/news/998">x</a>',
        '<a href="/news?page=1">1</a><a href="{older}">{n}</a>', sitemaps=False,
    ),
    "a button that loads more": Shape(
        "/blog/{slug}", "/blog", "/blog/page/{n}/",
        '<article><h2><a href="{path}">{title}</a></h2></article>',
        '<a class="load-more" href="{older}">Load more</a>',
    ),
}  # fmt: skip


def build(name: str, count: int, base: str = "") -> Blog:
    """A blog of that shape; call again with `base` once the server's address is known."""
    shape = SHAPES[name]
    posts = [Post(number) for number in range(1, count + 1)]
    paths = {post.number: shape.path.format(date=post.date, slug=post.slug, n=post.number) for post in posts}
    blog = Blog(posts, paths, shape.start)
    newest_first = posts[::-1]
    chunks = [newest_first[at : at + PER_PAGE] for at in range(0, count, PER_PAGE)]
    for index, chunk in enumerate(chunks, 1):
        items = "".join(shape.item.format(path=paths[post.number], title=post.title) for post in chunk)
        older = shape.older.format(older=shape.page.format(n=index + 1), n=index + 1) if index < len(chunks) else ""
        path = shape.start if index == 1 else shape.page.format(n=index)
        blog.pages[path] = ("text/html", listing(items, older))
    for post in posts:
        blog.pages[paths[post.number]] = ("text/html", article(post))
    blog.pages["/about/"] = ("text/html", about())
    every = [shape.start, "/about/", *paths.values()]
    if shape.types:
        blog.pages["/sitemap.xml"] = (
            "application/xml",
            sitemap_index(base, ["/sitemap-posts.xml", "/sitemap-pages.xml", "/sitemap-tags.xml"]),
        )
        blog.pages["/sitemap-posts.xml"] = ("application/xml", sitemap(base, list(paths.values())))
        blog.pages["/sitemap-pages.xml"] = ("application/xml", sitemap(base, ["/", "/about/"]))
    elif shape.sitemaps:
        blog.pages["/sitemap.xml"] = ("application/xml", sitemap(base, every))
    if shape.robots:
        blog.pages["/robots.txt"] = ("text/plain", shape.robots.format(base=base))
    return blog
