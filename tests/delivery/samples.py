"""An article that deliveries in tests are about."""

from bot.models import Article

NOW = 1_000_000.0


ARTICLE = Article(
    id=1, feed="blog", url="https://x.example/1", key="x.example/1", title="One", summary="", author="", author_note="",
    published=NOW, first_seen=NOW, language="en", image=None, reading_minutes=None, topics=(),
)  # fmt: skip
