"""Sample articles by number."""

from bot.models import (
    ArticleBody,
    Image,
    NewArticle,
)


def draft(number: int, topics: tuple[str, ...] = (), body: ArticleBody | None = None) -> NewArticle:
    return NewArticle(
        feed="blog",
        identity=f"guid-{number}",
        url=f"https://www.example.org/{number}",
        key=f"https://example.org/{number}",
        title=f"Title {number}",
        summary="Summary",
        author="Jane",
        author_note="Jane writes.",
        published=1_000.0 + number,
        language="en",
        image=Image("https://example.org/a.jpg", "A river"),
        reading_minutes=3,
        topics=topics,
        body=body,
    )
