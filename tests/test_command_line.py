"""The command line as an operator uses it: arguments in, sentences and exit codes out, never a traceback."""

import json
import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import build_parser, main
from bot.demo.blog import load_articles
from bot.portability.json_lines import body_text
from bot.store.instance_lock import database_lock
from tests.sample_drafts import passages_of

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"

Herald = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def same_logging_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def herald(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Herald:
    """Runs a command in a folder with the example configuration; returns exit code, output and errors."""
    (tmp_path / "config.toml").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["herald", *words])
        try:
            code = main()
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return code, captured.out, captured.err

    return run


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """The sample articles as JSON Lines."""
    path = tmp_path / "articles.jsonl"
    records = [
        {
            "url": f"https://blog.example.org/blog/{article.slug}",
            "title": article.title,
            "author": article.author,
            "published": article.published,
            "language": article.language,
            "summary": article.summary,
            "body": body_text(passages_of(article)),
        }
        for article in load_articles()
    ]
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return path


def test_every_command_has_help(herald: Herald) -> None:
    commands = (
        "run",
        "demo",
        "init",
        "check",
        "import",
        "export",
        "search",
        "backup",
        "recheck",
        "withdraw",
        "reinstate",
    )
    for command in commands:
        code, output, _ = herald(command, "--help")

        assert code == 0
        assert "--config" in output


def test_every_option_is_in_the_readme() -> None:
    """In the row of its command."""
    readme = (EXAMPLE.parent / "README.md").read_text("utf-8").splitlines()
    commands = next(action for action in build_parser()._actions if isinstance(action.choices, dict))
    assert isinstance(commands.choices, dict)
    for name, parser in commands.choices.items():
        rows = [line for line in readme if line.startswith(f"| `herald {name}")]
        options = {option for action in parser._actions for option in action.option_strings}
        for option in options - {"-h", "--help", "--config"}:
            assert any(option in row for row in rows), (name, option)


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["search"],
        ["search", "market", "--topic", "cooking"],
        ["search", "market", "--limit", "0"],
        ["import", "config.toml", "--limit", "3"],
        ["check", "--config", "nowhere.toml"],
    ],
)
def test_usage_errors_exit_with_2(herald: Herald, words: list[str]) -> None:
    code, _, complaint = herald(*words)

    assert code == 2
    assert complaint


def test_imported_articles_are_found_and_exported(herald: Herald, lines: Path, tmp_path: Path) -> None:
    count = len(load_articles())

    assert herald("import", str(lines))[1].startswith(f"{count} added")
    assert herald("import", str(lines))[1] == f"0 added, 0 brought up to date, {count} already there.\n"
    code, found, _ = herald("search", "radio under a blanket")
    herald("export", "out.jsonl")
    exported = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()

    assert code == 0
    assert found.startswith("A Radio Under the Blanket")
    assert len(exported) == count
    assert set(json.loads(exported[0])) == {
        "url", "title", "author", "published", "language", "summary", "body", "topics",
        "content", "feed", "image", "minutes", "note",
    }  # fmt: skip


def test_a_search_for_programs_is_one_json_object(herald: Herald, lines: Path) -> None:
    herald("import", str(lines))

    code, output, _ = herald("search", "radio", "blanket", "--json", "--limit", "2")
    answer = json.loads(output)

    assert code == 0
    assert [set(hit) >= {"title", "url", "passage", "score"} for hit in answer["hits"]] == [True, True]


def test_a_search_that_finds_nothing_says_so_and_exits_with_1(herald: Herald) -> None:
    code, output, _ = herald("search", "anything")

    assert code == 1
    assert "Nothing found" in output


def test_a_search_says_that_articles_are_not_indexed_yet(herald: Herald, lines: Path, tmp_path: Path) -> None:
    """As after an update that dropped the index, before `herald run` wrote it again."""
    herald("import", str(lines))
    with closing(sqlite3.connect(tmp_path / "herald.db")) as connection, connection:
        connection.execute("DELETE FROM search_documents WHERE article = (SELECT min(id) FROM articles)")

    _, output, _ = herald("search", "radio under a blanket")
    _, as_json, _ = herald("search", "radio under a blanket", "--json")

    assert output.startswith("Some older articles are not indexed yet and may be missing; `herald run` indexes them.")
    assert json.loads(as_json)["incomplete"] is True


def test_bad_lines_are_named_and_the_others_imported(herald: Herald, tmp_path: Path) -> None:
    good = {"url": "https://example.org/one", "title": "One", "published": "2026-01-01"}
    (tmp_path / "mixed.jsonl").write_text("\n".join(["{", json.dumps(good), '{"url": "ftp://x", "title": "Two"}']))

    code, output, complaints = herald("import", "mixed.jsonl")

    assert code == 1
    assert output.startswith("1 added")
    assert "line 1: this is not JSON" in complaints
    assert 'line 3: "ftp://x" is not a web address' in complaints


def test_a_dry_run_stores_nothing(herald: Herald, lines: Path) -> None:
    _, output, _ = herald("import", str(lines), "--dry-run")

    assert "would be added" in output
    assert herald("search", "radio")[0] == 1


def test_subscriptions_move_to_another_installation(herald: Herald, tmp_path: Path) -> None:
    """A channel that has a subscription keeps its own."""
    line = {"guild": str(2**60), "channel": str(2**60 + 1), "kind": "forum", "topics": ["women"], "paused": True}
    (tmp_path / "subscriptions.jsonl").write_text(json.dumps(line))

    dry = herald("import", "subscriptions.jsonl", "--subscriptions", "--dry-run")
    first = herald("import", "subscriptions.jsonl", "--subscriptions")
    second = herald("import", "subscriptions.jsonl", "--subscriptions")
    _, exported, _ = herald("export", "--subscriptions")

    assert dry[1].startswith("1 would be added")
    assert first[1].startswith("1 added")
    assert "1 already there" in second[1]
    assert json.loads(exported).items() >= (line | {
        "feeds": [], "role": None, "publish": False, "thread": False, "language": "en",
    }).items()  # fmt: skip


def test_a_backup_is_a_whole_database_and_never_overwrites(herald: Herald, lines: Path, tmp_path: Path) -> None:
    herald("import", str(lines))

    code, output, _ = herald("backup", "copy.db")
    again = herald("backup", "copy.db")
    connection = sqlite3.connect(tmp_path / "copy.db")
    (count,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    connection.close()

    assert (code, count) == (0, len(load_articles()))
    assert "checked" in output
    assert again[0] == 1
    assert "exists already" in again[2]


def test_check_reports_every_part_of_the_installation(herald: Herald) -> None:
    code, output, _ = herald("check", "--offline")

    assert code == 0
    for subject in ("configuration", "sqlite", "xml parser", "database", "search index", "token"):
        assert f"{subject}: " in output


def test_check_says_what_to_do_with_a_file_that_is_no_database(herald: Herald, tmp_path: Path) -> None:
    (tmp_path / "herald.db").write_text("not a database, certainly not one" * 50)

    code, output, _ = herald("check", "--offline")

    assert code == 1
    assert "bad" in output
    assert "restore a backup" in output


def test_run_without_a_token_names_the_variable(herald: Herald) -> None:
    code, _, complaint = herald("run")

    assert code == 2
    assert "DISCORD_TOKEN" in complaint


def test_run_on_a_database_in_use_says_which_one_runs(
    herald: Herald, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "invented")

    with database_lock(tmp_path / "herald.db"):
        code, _, complaint = herald("run")

    assert code == 1
    assert "process number" in complaint


def test_a_withdrawn_article_is_not_found_any_more(herald: Herald, lines: Path) -> None:
    """Without a post on Discord nothing more is needed; a dry run only reports."""
    herald("import", str(lines))
    address = "http://www.blog.example.org/blog/a-radio-under-the-blanket/?utm_source=x"

    dry = herald("withdraw", address, "--dry-run")
    still_there = herald("search", "radio under a blanket")
    done = herald("withdraw", address)
    gone = herald("search", "radio under a blanket", "--json")

    assert dry[0] == 0
    assert "would be withdrawn" in dry[1]
    assert "A Radio Under the Blanket" in still_there[1]
    assert done[0] == 0
    assert "A Radio Under the Blanket" not in [hit["title"] for hit in json.loads(gone[1])["hits"]]


@pytest.mark.parametrize(("address", "code"), [("https://example.org/nothing", 1), ("nothing", 2)])
def test_rechecking_an_unknown_article_fails_with_a_sentence(herald: Herald, address: str, code: int) -> None:
    found, _, complaint = herald("recheck", address)

    assert found == code
    assert complaint


def test_a_proxy_that_cannot_be_used_is_named(herald: Herald, lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    herald("import", str(lines))
    monkeypatch.setenv("https_proxy", "socks5://user:secret@localhost:1")
    code, _, complaint = herald("recheck", "https://blog.example.org/blog/a-radio-under-the-blanket/")

    assert code == 1
    assert "HTTPS_PROXY" in complaint
    assert "secret" not in complaint


def test_withdraw_of_an_unknown_article_fails_with_a_message(herald: Herald) -> None:
    code, _, complaint = herald("withdraw", "https://example.org/nothing")

    assert code == 1
    assert "No article with the address" in complaint


def test_check_names_what_the_example_has_not_verified_and_how_to_verify_it(herald: Herald, tmp_path: Path) -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    marked = [number for number, line in enumerate(lines, 1) if "# unverified" in line]

    code, output, _ = herald("check", "--offline")
    named = [line for line in output.splitlines() if "is marked unverified" in line]
    (tmp_path / "config.toml").write_text(EXAMPLE.read_text("utf-8").replace("# unverified", "# seen"), "utf-8")
    _, after, _ = herald("check", "--offline")

    assert code == 0
    assert len(named) == len(marked) > 0
    assert (
        f"line {marked[0]}: https://libertyinnorthkorea.org/blog/rss.xml is marked unverified (the usual place"
        in named[0]
    )
    assert all("`herald check https://" in line for line in named)
    assert "is marked unverified" not in after
