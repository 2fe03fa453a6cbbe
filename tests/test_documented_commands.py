"""Every command that README and manual show is run as it is written, against the sample blog, or says why not here."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.demo.blog import load_articles
from bot.demo.server import SampleBlog, served

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / ".github" / "docs").glob("*.md"))]
NOW = 1_900_000_000.0

# In the order in which an operator would type them; BLOG, ARTICLE and FILE are those of the sample blog.
TYPED = (
    ("herald init", 0, "config.toml is written"),
    (
        "herald init --organisation NAME --blog BLOG --language ko --contact me@example.org --output FILE.toml",
        0,
        "topics",
    ),
    ("herald check", 0, "ok    feed blog"),
    ("herald check BLOG --offline", 0, "names this feed"),
    ("herald import BLOG/rss.xml --feed blog --since 2020-01-01 --limit 99 --dry-run", 0, "would be added"),
    ("herald import BLOG/rss.xml", 0, "17 added"),
    ("herald export --subscriptions", 0, ""),
    ("herald export FILE.jsonl", 0, "17 written"),
    ("herald import FILE.jsonl", 0, "17 already there"),
    (
        "herald search 'two blankets one small screen' --year 2024 --limit 1 --json --explain",
        0,
        "A Film No Bigger Than a Fingernail",
    ),
    ("herald search 'two blankets one small screen'", 0, "A Film No Bigger Than a Fingernail"),
    ("herald status", 1, "BAD  gateway"),  # the bot does not run
    ("herald status --json", 1, '"healthy": false'),
    ("herald backup FILE", 0, "checked"),
    ("herald restore FILE", 0, "is restored"),
    ("herald recheck ARTICLE", 0, "."),
    ("herald withdraw ARTICLE --dry-run", 0, "would be withdrawn"),
    ("herald withdraw ARTICLE", 0, "is withdrawn"),
    ("herald reinstate ARTICLE", 0, "The article is back"),
    ("herald withdraw ARTICLE --erase-now", 0, "erased"),
)
NOT_TYPED = {
    "herald run": "needs Discord: tests/e2e and tests/test_processes.py run it against a stand-in",
    "herald demo": "tests/demo/test_demo.py runs it, tests/browser uses its page",
}
# Lines of shell blocks that are more than one `herald` command.
RUN_ELSEWHERE = {
    "python3 -m venv --upgrade-deps .venv && .venv/bin/pip install -q '.[demo]' && .venv/bin/herald demo": (
        "tests/test_packaging.py installs the wheel in a new environment; for the last part see above"
    ),
    "python3 -m venv --upgrade-deps .venv && .venv/bin/pip install -q -e '.[demo,dev]' && .venv/bin/pytest -n auto": (
        ".ci/run runs this line"
    ),
}


def documented() -> dict[str, set[str]]:
    """The lines of shell blocks by page."""
    blocks = {
        page: re.findall(r"^ *```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE) for page in PAGES
    }
    return {
        str(page.relative_to(ROOT)): {line.strip() for block in found for line in block.splitlines() if line.strip()}
        for page, found in blocks.items()
    }


def plain(line: str) -> str:
    """A documented line without the environment's folder, the token and the placeholders after the command."""
    line = line.removeprefix("DISCORD_TOKEN=… ").removeprefix(".venv/bin/")
    return re.sub(r" (?:FILE|URL|SOURCE)\b.*", "", line)


def test_every_line_of_a_shell_block_is_run_here_or_elsewhere() -> None:
    typed = {line for line, _, _ in TYPED} | {f"herald {line.split()[1]}" for line, _, _ in TYPED}
    for page, lines in documented().items():
        for line in lines:
            assert plain(line) in typed | NOT_TYPED.keys() or line in RUN_ELSEWHERE, (page, line)


def test_every_command_of_the_readmes_table_is_run_here_or_elsewhere() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `herald (\w+)", readme, re.MULTILINE))

    assert len(listed) > 10
    assert listed == {line.split()[1] for line in (*(typed for typed, _, _ in TYPED), *NOT_TYPED)}


def test_every_module_that_a_page_runs_exists() -> None:
    pages = [*PAGES, *(ROOT / ".github").glob("*.md")]
    modules = {
        module for page in pages for module in re.findall(r"python -m (tests(?:\.[a-z_]+)+)", page.read_text("utf-8"))
    }

    assert len(modules) > 5
    assert [module for module in modules if find_spec(module) is None] == []


@pytest.fixture
async def blog() -> AsyncIterator[str]:
    async with served(SampleBlog(load_articles(), clock=lambda: NOW)) as base:
        yield base


async def herald(folder: Path, words: list[str], typed: str = "") -> tuple[int, str]:
    """The exit code, and all that is printed, of `herald` in a folder with these lines typed at its questions."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HERALD_", "DISCORD_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "HERALD_WATCH__PAGE_DELAY": "0s"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate(typed.encode())
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_an_operators_commands_do_what_the_manual_says_in_the_order_of_a_first_day(
    blog: str, tmp_path: Path
) -> None:
    answers = "\n".join(["Harbour Aid", f"{blog}/blog", "en", "ops@harbour.test", ""]) + "\n"
    article = f"{blog}/blog/a-film-no-bigger-than-a-fingernail"
    for line, code, expected in TYPED:
        words = [word.strip("'") for word in re.findall(r"'[^']*'|\S+", line)[1:]]
        filled = [word.replace("BLOG", f"{blog}/blog").replace("ARTICLE", article) for word in words]

        done, said = await herald(tmp_path, filled, answers if line == "herald init" else "")

        assert done == code, (line, said)
        assert expected in said, (line, said)
        assert "Traceback" not in said, line
