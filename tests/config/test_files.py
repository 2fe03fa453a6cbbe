"""Configuration and token as editors and people write them."""

import codecs
from pathlib import Path

import pytest

from bot.config.errors import ConfigError
from bot.config.settings import load

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TOKEN = "MTA0NTY.GxYz12.abc-def_ghi"

ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with a byte order mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16 little endian": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16 big endian": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
}
PASTED = [
    TOKEN,
    f"{TOKEN}\r\n",
    f"  {TOKEN}\t\n\n",
    f'"{TOKEN}"',
    f"'{TOKEN}'\n",
    f"Bot {TOKEN}",
    f"bot  {TOKEN}\r\n",
    f'"Bot {TOKEN}"\r\n',
    f"\ufeff{TOKEN}",
    f"\ufeff\u201c{TOKEN}\u201d\n",
    f"`{TOKEN}`",
]


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_a_configuration_is_read_however_an_editor_saved_it(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(ENCODINGS[encoding](EXAMPLE.read_text("utf-8")))

    assert load(file).organisation == load(EXAMPLE).organisation


def test_a_configuration_in_another_encoding_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes('organisation = "Café"'.encode("cp1252"))

    with pytest.raises(ConfigError, match="UTF-8"):
        load(file)


@pytest.mark.parametrize("pasted", PASTED)
def test_a_pasted_token_in_the_environment_is_the_bare_token(monkeypatch: pytest.MonkeyPatch, pasted: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", pasted)

    assert read_token(EXAMPLE) == TOKEN


@pytest.mark.parametrize("encoding", list(ENCODINGS))
@pytest.mark.parametrize("pasted", PASTED)
def test_a_pasted_token_in_a_file_is_the_bare_token(tmp_path: Path, encoding: str, pasted: str) -> None:
    (tmp_path / "token.txt").write_bytes(ENCODINGS[encoding](pasted.lstrip("\ufeff")))

    assert read_token(with_token_file(tmp_path)) == TOKEN


@pytest.mark.parametrize("wrong", ["", "  \n", '""', "two words", "MTA\x00", "Bot ", "ünicode"])
def test_what_is_no_token_is_a_sentence_that_does_not_repeat_it(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "token.txt").write_text(wrong, "utf-8")

    with pytest.raises(ConfigError, match="token") as caught:
        load(with_token_file(tmp_path))
    assert not wrong.strip() or wrong not in str(caught.value).replace("token", "")


def read_token(path: Path) -> str:
    token = load(path).token
    assert token is not None
    return token.get_secret_value()


def with_token_file(folder: Path) -> Path:
    file = folder / "config.toml"
    text = EXAMPLE.read_text("utf-8")
    assert "# token_file" in text
    file.write_text(text.replace("# token_file", "token_file"), "utf-8")
    return file
