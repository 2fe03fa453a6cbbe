"""Shared by several test packages: hypothesis settings, and sample values."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bot.config.settings import Settings, load
from bot.layouts.components import Brand
from bot.models import Article, Image

CONFIGURATION = Path(__file__).parents[1] / "config.example.toml"
NOW = 1_800_000_000.0

# Generating examples may be slow, and no test may depend on time: on a fresh checkout the first
# text builds Unicode tables. Fixtures of these tests are read, never changed.
hypothesis_settings.register_profile(
    "herald",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("herald")

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of tests are on loopback, whatever proxy the machine has."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


PLAIN_ARTICLE = Article(
    id=1,
    feed="blog",
    url="https://libertyinnorthkorea.org/blog/the-jangmadang",
    key="https://libertyinnorthkorea.org/blog/the-jangmadang",
    title="The Jangmadang Generation",
    summary="How a generation that grew up with markets learned to rely on itself.",
    author="Jane Doe",
    author_note="",
    published=1_742_688_000.0,
    first_seen=1_742_688_000.0,
    language="en",
    image=Image("https://cdn.example.org/market.jpg", "A woman sells vegetables at a market stall"),
    reading_minutes=6,
    topics=("markets", "women"),
)


def make_article(**changes: Any) -> Article:
    """A sample article with some of its values changed."""
    return replace(PLAIN_ARTICLE, **changes)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The example configuration with its database in a folder of its own."""
    return load(CONFIGURATION).model_copy(update={"database": tmp_path / "herald.db"})


@pytest.fixture
def brand(settings: Settings) -> Brand:
    """The names and links of the example configuration."""
    return Brand.of(settings)
