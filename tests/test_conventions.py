"""Project conventions: lint, format, types, import layers, catalogues, wording, top-level files."""

import ast
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from bot.i18n import LANGUAGES, messages

ROOT = Path(__file__).parents[1]


def run(*command: str) -> None:
    """Runs a tool on the checkout; its output is the failure's message."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_lint() -> None:
    """Ruff finds nothing; every exception is explained where it is made."""
    run(sys.executable, "-m", "ruff", "check", ".")


def test_format() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_types() -> None:
    """Pyright finds nothing: strict in `bot` and `cogs`."""
    run(sys.executable, "-m", "pyright", "--pythonpath", sys.executable)


def test_import_layers() -> None:
    """Each layer imports only from below, cogs never one another, SQL lives in the store."""
    run(str(Path(sys.executable).with_name("lint-imports")))


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_have_the_same_sentences_with_the_same_fields(language: str) -> None:
    """A missing sentence or an unknown field would raise in the middle of a reply."""
    english, other = messages("en"), messages(language)

    assert english.keys() == other.keys()
    for key, forms in english.items():
        known = set().union(*(fields(form) for form in forms.values())) | {"count"}
        for form in other[key].values():
            assert fields(form) <= known, key


def test_no_log_line_names_a_person() -> None:
    """Nothing about members is kept, in the log neither; what a person wrote is not logged at all."""
    people = re.compile(r"\b(user|member|author|who|person)(\.|_)(id|name|mention)\b")
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for folder in ("bot", "cogs")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "log" and people.search(ast.unparse(node))
    ]

    assert found == []


def test_the_top_level_stays_as_designed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout  # noqa: S607 - whichever git there is
    top = {line.split("/", 1)[0] for line in tracked.splitlines()}
    allowed = {"pyproject.toml", "README.md", "config.example.toml", "bot", "cogs", "tests", "LICENSE", "CHANGELOG.md"}

    assert {name for name in top if not name.startswith(".")} <= allowed


@pytest.mark.parametrize("guide", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_path_that_a_guide_names_exists(guide: str) -> None:
    """`bot/ingest/poller.py` must be a file and `bot/http` a folder; ` · name` behind a path is a definition in it."""
    text = (ROOT / ".github" / guide).read_text("utf-8")
    for path, names in re.findall(r"`((?:bot|cogs|tests)/[\w/.]+)`((?: · `\w+`)*)", text):
        assert (ROOT / path).exists(), path
        source = (ROOT / path).read_text("utf-8") if path.endswith(".py") else ""
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"\b(def|class) {name}\b", source), f"{path} has no {name}"


# Phrases that readers stumbled over, and names that the field's terms replaced. Each is rare in ordinary English.
PHRASES = re.compile(
    r"\banew\b|\bmishaps?\b|\bmeanwhile\b|\bhad soonest\b|\bthought better of\b|\bold friends?\b|\bway out\b"
    r"|\buntold\b|\bput away\b|\bdraws? the consequences\b|\bgives? way\b|\btakes? (?:it|them) away\b"
    r"|\bis had\b|\btold (?:once|apart|in the migration)\b",
    re.IGNORECASE,
)
OLD_NAMES = re.compile(
    r"\b(?:Teller|Weather|Pacer|CardKeeper|Excerpter|WatchStore|Rarities|LongSearches|IndexKeeper|StoredEvents"
    r"|GLUE|AFTER_FAULT|FORETOLD|problem_told|told_start|told_end|answered_by|take_in|let_go|place_of|keep_doing)\b"
)
ARTICLES = "bot/demo/articles/"  # prose
STORED_AS_IT_WAS = ("bot/store/migrations/", "tests/store/golden/", "tests/test_conventions.py")


def test_the_text_uses_the_words_of_the_field() -> None:
    """Code, comments, docstrings, log lines and sentences use plain English and the glossary's names."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "bot", "cogs", "tests"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in listed
        if path.endswith((".py", ".toml", ".sql")) and not path.startswith((ARTICLES, *STORED_AS_IT_WAS))
        for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1)
        if PHRASES.search(line) or OLD_NAMES.search(line)
    ]

    assert found == []


def test_no_test_module_imports_another() -> None:
    """Shared helpers live in modules of their own, so that one file can be read and run alone."""
    for path in (ROOT / "tests").rglob("*.py"):
        for module in re.findall(r"^(?:from|import) (tests\.[\w.]+)", path.read_text("utf-8"), re.MULTILINE):
            assert not module.rpartition(".")[2].startswith("test_"), f"{path.name} imports {module}"
