"""Export and import lose nothing: for any article, the second store equals the first."""

import asyncio
import string
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.core import Core, open_core
from bot.config.settings import Settings
from bot.models import Article, ArticleBody, Image, Link, LinkKind, NewArticle, Passage
from bot.portability.importer import import_articles
from bot.portability.json_lines import article_line

NOW = 1_800_000_000.0
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("강가의 이야기#•>\n"),
    min_size=1,
    max_size=40,
).map(lambda text: f"a{text}z")
MAYBE = st.just("") | WORDS
ADDRESSES = st.text(string.ascii_lowercase, min_size=1, max_size=12).map("https://cdn.example/{}".format)
IMAGES = st.builds(Image, ADDRESSES, MAYBE, MAYBE)
LINKS = st.builds(Link, WORDS, ADDRESSES, st.sampled_from(LinkKind), st.integers(0, 5))
BODIES = st.builds(
    lambda passages, images, links, notes: ArticleBody(
        tuple(replace(passage, position=position) for position, passage in enumerate(passages)),
        tuple(images), tuple(links), tuple(notes),
    ),
    st.lists(st.builds(Passage, st.just(0), MAYBE, WORDS, MAYBE), max_size=4),
    st.lists(IMAGES, max_size=3), st.lists(LINKS, max_size=4), st.lists(WORDS, max_size=3),
)  # fmt: skip
ARTICLES = st.builds(
    lambda title, summary, author, note, day, image, minutes, body: NewArticle(
        feed="blog", identity="", url="https://blog.example/1", key="https://blog.example/1", title=title,
        summary=summary, author=author, author_note=note, published=float(day * 86_400), language="en", image=image,
        reading_minutes=minutes, topics=(), body=body,
    ),
    WORDS, WORDS, MAYBE, MAYBE, st.integers(1, 30_000), st.none() | st.builds(Image, ADDRESSES, MAYBE),
    st.none() | st.integers(1, 90), BODIES,
)  # fmt: skip


async def stored(core: Core) -> list[tuple[Article, ArticleBody]]:
    return [(article, await core.articles.body(article.id)) async for article in core.articles.stream()]


async def exported(core: Core) -> list[str]:
    return [article_line(article, body) for article, body in await stored(core)]


async def round_trip(settings: Settings, new: NewArticle) -> None:
    feed = settings.feeds[0].key
    with tempfile.TemporaryDirectory() as folder:
        first = settings.model_copy(update={"database": Path(folder) / "first.db"})
        second = settings.model_copy(update={"database": Path(folder) / "second.db"})
        async with open_core(first, clock=lambda: NOW) as core:
            async with core.database.transaction() as tx:
                await core.articles.add(tx, [replace(new, feed=feed, identity=new.key)], NOW)
            lines, before = await exported(core), await stored(core)
            again = await import_articles(core, lines, feed, lambda _done: None)
            assert (again.added, again.updated, again.kept, again.bad) == (0, 0, 1, [])
        async with open_core(second, clock=lambda: NOW) as core:
            report = await import_articles(core, lines, feed, lambda _done: None)
            assert report.bad == []
            after = await stored(core)
        # Without topics in the file an article is classified by its words.
        assert [(replace(one, topics=()), body) for one, body in after] == before


@settings(max_examples=25)
@given(new=ARTICLES)
def test_a_second_store_is_equal_to_the_first(settings: Settings, new: NewArticle) -> None:
    asyncio.run(round_trip(settings, new))
