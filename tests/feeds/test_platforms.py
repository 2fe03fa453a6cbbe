"""What is read from a feed of each platform, as `platforms/NAME.feed` with its facts in `NAME.json`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.feeds.parser import parse_feed
from bot.ingest.summaries import telling_summary
from bot.urls import public_url

FOLDER = Path(__file__).with_name("platforms")
FACTS = ("title", "link", "guid", "author", "published", "summary", "image", "language")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_an_entry_is_read_as_its_platform_means_it(path: Path) -> None:
    facts: dict[str, str] = json.loads(path.read_text("utf-8"))

    document = parse_feed(path.with_suffix(".feed").read_bytes(), {"content-type": "application/xml"}, facts["url"])

    [entry] = document.entries
    published = datetime.fromtimestamp(entry.published, UTC).isoformat() if entry.published is not None else ""
    read = {
        "title": entry.title,
        "link": public_url(entry.url),
        "guid": entry.identity,
        "author": entry.author,
        "published": published,
        "summary": telling_summary(entry.summary, title=entry.title, author=entry.author, passages=()),
        "image": entry.image.url if entry.image else "",
        "language": entry.language,
    }
    assert read == {fact: facts[fact] for fact in FACTS}
