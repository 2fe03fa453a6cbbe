"""Serves the sample blog on loopback; it publishes, corrects and withdraws on request."""

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import resources

from aiohttp import web

from bot.demo import pages
from bot.demo.blog import SampleArticle
from bot.demo.pages import Post
from bot.durations import DAY

HOST = "127.0.0.1"
PICTURE = re.compile(r"[a-z-]+\.png")


class SampleBlog:
    """The current state of the blog; `articles` are all of them by slug, `base` is known once it is served."""

    def __init__(self, articles: Sequence[SampleArticle], clock: Callable[[], float]) -> None:
        self._clock = clock
        self.articles = {article.slug: article for article in articles}
        # A date in the reader's future, as on a wrong clock, is put a day into the past.
        self._posts = {
            article.slug: Post(article, min(article.published, clock() - DAY))
            for article in articles
            if not article.live
        }
        self.base = ""
        self.read = asyncio.Event()

    @property
    def posts(self) -> tuple[Post, ...]:
        """Everything published so far, oldest first."""
        return tuple(self._posts.values())

    def publish(self, slug: str) -> None:
        """Publishes an article, dated now. Raises KeyError for an unknown slug."""
        self._posts[slug] = Post(self.articles[slug], self._clock())

    def correct(self, slug: str) -> None:
        """Applies an article's corrections; its date stays. Raises KeyError for an unknown slug."""
        post = self._posts[slug]
        self._posts[slug] = replace(post, article=post.article.corrected())

    def withdraw(self, slug: str) -> None:
        """Removes an article from the site. Raises KeyError for an unknown slug."""
        del self._posts[slug]

    async def respond(self, request: web.Request) -> web.Response:
        """The answer to a request: front page, feed, sitemap, page or picture."""
        match request.match_info["path"].split("/"):
            case [""] | ["blog"]:
                return answer(request, pages.list_page(self.posts, self.base).encode(), "text/html")
            case ["blog", "rss.xml"]:
                self.read.set()
                return answer(request, pages.feed(self.posts, self.base).encode(), "application/rss+xml")
            case ["sitemap.xml"]:
                return answer(request, pages.sitemap(self.posts, self.base).encode(), "application/xml")
            case ["blog", slug] if post := self._posts.get(slug):
                others = [other for other in pages.newest_first(self.posts) if other is not post]
                return answer(request, pages.article_page(post, others, self.base).encode(), "text/html")
            case ["images", name] if PICTURE.fullmatch(name):
                file = resources.files("bot.demo") / "images" / name
                if file.is_file():
                    return answer(request, file.read_bytes(), "image/png")
            case _:
                pass
        raise web.HTTPNotFound(text="There is no such sample story or picture.")


def answer(request: web.Request, body: bytes, content_type: str) -> web.Response:
    """A response with its entity tag; an empty 304 when the client has this body (RFC 9110, 13.1.2)."""
    tag = hashlib.sha256(body).hexdigest()[:20]
    if any(known.value in (tag, "*") for known in request.if_none_match or ()):
        response = web.Response(status=304)
    else:
        charset = None if content_type.startswith("image/") else "utf-8"
        response = web.Response(body=body, content_type=content_type, charset=charset)
    response.etag = tag
    return response


@asynccontextmanager
async def served(blog: SampleBlog, port: int = 0) -> AsyncGenerator[str]:
    """Serves the blog on loopback and gives its base address. Raises OSError when the port is taken."""
    application = web.Application()
    application.router.add_get("/{path:.*}", blog.respond)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        blog.base = f"http://{HOST}:{runner.addresses[0][1]}"
        yield blog.base
    finally:
        await runner.cleanup()


async def publish_first(blog: SampleBlog, slug: str, wait_seconds: float) -> None:
    """Publishes one article automatically, some seconds after the bot has read the feed for the first time."""
    await blog.read.wait()
    await asyncio.sleep(wait_seconds)
    blog.publish(slug)
