"""The configuration: what loads, and the errors for what does not."""

from pathlib import Path

import pytest

from bot.config.settings import ConfigError, load
from bot.config.types import check_web_url, parse_duration

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)


def changed(folder: Path, old: str, new: str) -> Path:
    """The example with one place changed, in a folder of its own."""
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    path = folder / "config.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def test_the_example_loads_as_it_stands() -> None:
    """The shipped example is complete: two feeds, the taxonomy, the actions."""
    settings = load(EXAMPLE)

    assert [feed.key for feed in settings.feeds] == ["blog", "youtube"]
    assert len(settings.topics) == 12
    assert {action.kind for action in settings.actions} >= {
        "donate",
        "pledge",
        "monthly",
        "learn",
        "subscribe",
        "share",
    }
    assert settings.database == EXAMPLE.parent / "herald.db"


def test_the_example_names_every_key_there_is() -> None:
    """The example contains every key of every table."""
    from bot.config.settings import known_keys

    text = EXAMPLE.read_text("utf-8")
    tables = [(), ("watch",), ("delivery",), ("logging",), ("discord",), ("feeds",), ("topics",), ("actions",)]
    optional = {"from", "until"}
    for table in tables:
        for key in set(known_keys(table)) - optional:
            assert f"{key} =" in text or f"[{key}]" in text or f"[[{key}]]" in text, (table, key)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("5s", 5), ("30m", 1800), ("24h", 86_400), ("1h30m", 5400), ("2 d", 172_800), ("1w", 604_800), ("500ms", 0.5)],
)
def test_durations_are_written_as_people_write_them(written: str, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    ("old", "new", "key", "way_out"),
    [
        ('poll_interval = "30m"', 'poll_interval = "30"', "watch.poll_interval", 'such as "30m"'),
        ('poll_interval = "30m"', 'poll_interval = "soon"', "watch.poll_interval", 'such as "30m"'),
        ('poll_interval = "30m"', 'poll_interval = "10ms"', "watch.poll_interval", "greater than or equal to 1"),
        (
            "requests_per_second = 49.0",
            "requests_per_second = 99.0",
            "delivery.requests_per_second",
            "less than or equal to 50",
        ),
        ("nonce_window = ", "nonce_windw = ", "delivery.nonce_windw", 'did you mean "nonce_window"'),
        ("max_response_bytes = 5000000", 'max_response_bytes = "many"', "watch.max_response_bytes", "whole number"),
        ('time_zone = "America/Los_Angeles"', 'time_zone = "Mars/X"', "time_zone", '"Europe/London"'),
        ('url = "https://libertyinnorthkorea.org/donate"', 'url = "javascript:1"', "actions.1.url", "https://"),
        ('key = "media"', 'key = "markets"', "topics.key", "give each its own key"),
        ('topics = ["rescue", "defectors", "women"]', 'topics = ["rescu"]', "actions.donate.topics", "use one of"),
        ("# token_file", "token_file", "discord.token_file", "DISCORD_TOKEN"),
        ("[discord]\n", '[discord]\ntoken = "x"\n', "discord.token", "DISCORD_TOKEN"),
        ('kind = "pledge"', 'kind = "plege"', "actions.2.kind", "change that"),
        ('organisation = "Liberty in North Korea"', "", "organisation", "add it"),
        ("[utm]\n", "[utm\n", "", "not valid TOML"),
    ],
)
def test_an_error_is_one_sentence_with_file_key_and_fix(
    tmp_path: Path, old: str, new: str, key: str, way_out: str
) -> None:
    path = changed(tmp_path, old, new)

    with pytest.raises(ConfigError) as caught:
        load(path)

    sentence = str(caught.value).splitlines()[0]
    assert sentence.startswith(f"{path}: {key}")
    assert way_out in sentence
    assert sentence.endswith(".")


def test_a_misspelt_key_is_reported_once(tmp_path: Path) -> None:
    """Not also a missing one."""
    path = changed(tmp_path, "organisation =", "organization =")

    with pytest.raises(ConfigError) as caught:
        load(path)

    assert str(caught.value) == (
        f'{path}: organization: this key is not known; did you mean "organisation"? Otherwise remove it.'
    )


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"copy config\.example\.toml"):
        load(tmp_path / "nowhere.toml")


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator can change one key without touching the file; nested keys too."""
    monkeypatch.setenv("HERALD_DELIVERY__REQUESTS_PER_SECOND", "12.5")

    assert load(EXAMPLE).delivery.requests_per_second == 12.5


def test_an_error_in_the_environment_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERALD_DELIVERY__REQUESTS_PER_SECOND", "nine")

    with pytest.raises(ConfigError, match="HERALD_DELIVERY__REQUESTS_PER_SECOND"):
        load(EXAMPLE)


def test_the_token_comes_from_the_environment_or_a_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token.txt").write_text("from-the-file\n")
    path = changed(tmp_path, "# token_file", "token_file")

    from_file = load(path)
    monkeypatch.setenv("DISCORD_TOKEN", "from-the-environment")
    from_environment = load(path)

    assert from_file.token is not None
    assert from_file.token.get_secret_value() == "from-the-file"
    assert from_environment.token is not None
    assert from_environment.token.get_secret_value() == "from-the-environment"
    assert "from-the" not in repr(from_file) + repr(from_environment) + str(from_file.model_dump())


def test_credentials_in_an_address_are_refused_in_one_sentence_without_being_printed() -> None:
    with pytest.raises(ValueError, match="user name or password is not supported") as raised:
        check_web_url("https://user:secret@example.org/feed")

    assert "secret" not in str(raised.value)
    assert "user:" not in str(raised.value)
