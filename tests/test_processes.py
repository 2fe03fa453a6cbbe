"""The program as a process: output encodings, read-only disks, signals, start-up time."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.limits import HANG_SECONDS

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.toml"
TITLE = "서울 — “zwölf” 🎈"
RECORD = {"url": "https://blog.example.org/blog/x", "title": TITLE, "published": 1_700_000_000, "body": "서울의 봄"}
READING = [["run"], ["check", "--offline"], ["search", "radio"], ["export"], ["backup", "x.db"]]
# Says when it has begun.
START = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell passes it on as ignored
import sys, bot.__main__ as program
build = program.build_parser
program.build_parser = lambda: (print(flush=True), build())[1]
sys.exit(program.main())
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, mounts and limits are Unix's")


def herald(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment}
    environ.pop("DISCORD_TOKEN", None)
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        capture_output=True,
        env=environ,
        timeout=HANG_SECONDS,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(EXAMPLE, tmp_path / "config.toml")
    (tmp_path / "articles.jsonl").write_text(json.dumps(RECORD, ensure_ascii=False), "utf-8")
    return tmp_path


@pytest.mark.parametrize("encoding", ["cp1252", "cp949", "ascii", "utf-8", "latin-1"])
def test_no_command_fails_at_the_encoding_of_its_output(folder: Path, encoding: str) -> None:
    """An export into a file is UTF-8 whatever the terminal's encoding, so that it can be imported again."""
    assert herald(folder, "import", "articles.jsonl", PYTHONIOENCODING=encoding).returncode == 0
    exported = herald(folder, "export", PYTHONIOENCODING=encoding)
    found = herald(folder, "search", "서울", PYTHONIOENCODING=encoding)
    checked = herald(folder, "check", "--offline", PYTHONIOENCODING=encoding)

    assert (exported.returncode, found.returncode) == (0, 0)
    assert TITLE in exported.stdout.decode("utf-8")
    assert b"Traceback" not in exported.stderr + found.stderr + checked.stderr
    again = folder / "again.jsonl"
    again.write_bytes(exported.stdout)
    assert herald(folder, "import", "again.jsonl").returncode == 0


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A file system that refuses writing."""
    place = tmp_path / "read-only"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(place)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a read-only file system needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S607 - as above


@pytest.mark.parametrize("words", READING)
def test_a_read_only_disk_is_one_sentence_that_names_the_path(folder: Path, read_only: Path, words: list[str]) -> None:
    database = read_only / "herald.db"
    environment = {"HERALD_DATABASE": str(database)}
    if words == ["run"]:
        (folder / "token.txt").write_text("abc.def.ghi", "utf-8")
        environment["HERALD_DISCORD__TOKEN_FILE"] = "token.txt"
    done = herald(folder, *words, **environment)
    output = (done.stdout + done.stderr).decode()

    assert done.returncode == 1, output
    assert "Traceback" not in output
    assert str(database) in output


def test_files_of_the_bot_are_readable_by_their_owner_alone(folder: Path) -> None:
    assert herald(folder, "import", "articles.jsonl").returncode == 0
    assert herald(folder, "export", "out.jsonl").returncode == 0
    assert herald(folder, "backup", "copy.db").returncode == 0

    for name in ("herald.db", "out.jsonl", "copy.db"):
        assert (folder / name).stat().st_mode & 0o077 == 0, name


def test_check_names_a_token_file_that_others_can_read(folder: Path) -> None:
    token = folder / "token.txt"
    token.write_text("abc.def.ghi", "utf-8")
    token.chmod(0o644)
    environment = {"HERALD_DISCORD__TOKEN_FILE": "token.txt"}
    shared = herald(folder, "check", "--offline", **environment)
    token.chmod(0o600)
    private = herald(folder, "check", "--offline", **environment)

    assert shared.returncode == 1
    assert b"chmod 600" in shared.stdout
    assert b"chmod 600" not in private.stdout


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("after_lines", [0, 1])
def test_a_signal_at_any_moment_of_a_start_ends_it_without_a_traceback(
    folder: Path, name: str, after_lines: int
) -> None:
    """Before the first line of the log, and right after it, while modules load and the database opens."""
    (folder / "token.txt").write_text("abc.def.ghi", "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", START, "run"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HERALD_DISCORD__TOKEN_FILE": "token.txt",
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        },
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        first = process.stderr.readline() if after_lines else b""
        process.send_signal(getattr(signal, name))
        _, rest = process.communicate(timeout=HANG_SECONDS)
    finally:
        process.kill()

    assert b"Traceback" not in first + rest, (first + rest).decode()


def test_help_and_version_answer_at_once() -> None:
    """Nothing slow is imported: no database, no Discord, no parser."""
    program = (
        "import sys, bot.__main__ as p; p.build_parser().format_help(); "
        "sys.exit(any(name in sys.modules for name in ('discord', 'pydantic', 'aiohttp', 'click', 'lxml')))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


PARSERS = ("feedparser", "lxml", "trafilatura", "bot.feeds.parser", "bot.pages.extractor")


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("bot.cli.run", ("click", "prometheus_client", "aiohttp.web", "rich", *PARSERS)),
        ("bot.cli.transfer", ("discord", "aiohttp", "filelock", "bot.search.engine", *PARSERS)),
    ],
)
def test_a_command_imports_nothing_that_only_other_commands_or_parsers_need(
    module: str, unneeded: tuple[str, ...]
) -> None:
    """Each of these takes megabytes, of `run` in a process for months, and time of the start."""
    program = (
        f"import sys, bot.store.instance_lock, {module}; print(*(name for name in {unneeded} if name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True).stdout == b"\n"


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_large_documents_are_given_back_to_the_system() -> None:
    """Untuned, glibc takes the second large block from its heap, where smaller ones keep it from being freed."""
    program = (
        "import ctypes; from bot.app.jobs import tune_allocator; tune_allocator()\n"
        "class Info(ctypes.Structure): _fields_ = [(name, ctypes.c_size_t) for name in 'abcdefghij']\n"
        "function = getattr(ctypes.CDLL(None), 'mallinfo2', None)\n"
        "if function:\n"
        "    function.restype = Info\n"
        "    block = bytes(5_000_000); del block; block = bytes(5_000_000)\n"
        "    assert function().e >= 5_000_000, 'not in a block of its own'\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_status_says_what_does_not_work_and_nothing_else(folder: Path) -> None:
    """Without a running bot the gateway is named; everything that needs no bot is reported all the same."""
    shown = herald(folder, "status")
    as_json = herald(folder, "status", "--json")

    assert (shown.returncode, as_json.returncode) == (1, 1)
    assert b"not running" in shown.stdout
    checks = {check["name"]: check["healthy"] for check in json.loads(as_json.stdout)["checks"]}
    assert checks == {"gateway": False, "database": True, "feeds": True, "deliveries": True}
    figures = json.loads(as_json.stdout)["figures"]
    assert figures["articles"] == figures["articles indexed for search"]
