"""The sandbox's settings: the example configuration with the sample blog as feed and short intervals."""

from importlib import resources
from pathlib import Path

from bot.config.settings import FeedSettings, Settings, load
from bot.demo.pages import BLOG_NAME

EXAMPLE = "config.example.toml"
FEED_KEY = "blog"


def sandbox_settings(base: str, database: Path, poll_seconds: float = 1.0) -> Settings:
    """Topics and actions of the example, one feed at `base` polled every `poll_seconds`, a database of its own."""
    # The example lies inside an installed package, or at the root of a checkout.
    packaged = Path(str(resources.files("bot"))) / EXAMPLE
    settings = load(packaged if packaged.is_file() else packaged.parents[1] / EXAMPLE)
    feed = FeedSettings(
        key=FEED_KEY, name=BLOG_NAME, url=f"{base}/blog/rss.xml", poll_interval=poll_seconds, language="en"
    )
    quick = {"poll_interval": poll_seconds, "page_delay": 0.0, "backfill": False, "withdraw_after": poll_seconds}
    watch = settings.watch.model_copy(update=quick)
    changes: dict[str, object] = {
        "database": database,
        "feeds": (feed,),
        "homepage": base,
        "contact": "whoever started this sandbox",
        "time_zone": "UTC",
        "watch": watch,
        "delivery": settings.delivery.model_copy(update={"incident_delay": poll_seconds}),
        "token": None,
    }
    return settings.model_copy(update=changes)
