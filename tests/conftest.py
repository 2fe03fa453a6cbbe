"""Shared by several test packages: hypothesis settings, and sample values."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bot.config.settings import Settings, load
from bot.layouts.components import Brand
from bot.models import Article, Image
from tests.limits import HANG_SECONDS

CONFIGURATION = Path(__file__).parents[1] / "config.example.toml"
NOW = 1_800_000_000.0
SETTLE_SECONDS = 60.0  # until the bot must be at rest on the simulated Discord

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


# Limits by the clock that a busy machine can reach although nothing hangs; tests about one of them set it again.
LIMITS_OF_THE_BOT = (
    ("bot.delivery.announcer", "STOP_SECONDS"),
    ("bot.delivery.shared_cards", "PUT_SECONDS"),
    ("bot.app.health", "PROBE_TIMEOUT_SECONDS"),
    ("bot.ingest.poller", "ROUND_TIMEOUT_SECONDS"),
    ("bot.worker.pool", "START_SECONDS"),
    ("bot.worker.pool", "EXIT_SECONDS"),
)


@pytest.fixture(autouse=True)
def only_a_hang_reaches_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """For modules that the tests have imported, so that other tests need not load them."""
    for module, name in LIMITS_OF_THE_BOT:
        if module in sys.modules:
            monkeypatch.setattr(sys.modules[module], name, HANG_SECONDS)
    if (simcord := sys.modules.get("simcord")) is not None:
        settle = simcord.Env._settle_internal

        def settle_patiently(env: Any, *, timeout: float | None = None, **more: Any) -> Any:
            del timeout  # 5 s by default
            return settle(env, timeout=SETTLE_SECONDS, **more)

        monkeypatch.setattr(simcord.Env, "_settle_internal", settle_patiently)


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
