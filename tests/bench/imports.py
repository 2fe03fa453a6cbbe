"""Time and memory of `herald import` for generated articles.

    python -m tests.bench.imports              # 10,000 articles
    python -m tests.bench.imports 1000

Runs the real command in a process of its own on a new database, and prints its time, processor time
and largest resident size, first for half of the articles and then for all of them.
"""

import json
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.search import Language, articles

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{'articles':>9}{'seconds':>10}{'CPU':>10}{'MB':>8}")
    for part in (count // 2, count):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(EXAMPLE, folder / "config.toml")
            write_lines(folder / "articles.jsonl", part)
            seconds, cpu, size = run(folder)
        print(f"{part:>9,}{seconds:>10.1f}{cpu:>10.1f}{size:>8.0f}", flush=True)


def write_lines(file: Path, count: int) -> None:
    """The articles of the search benchmark as JSON Lines."""
    rng = random.Random(7)
    with file.open("w", encoding="utf-8") as lines:
        for draft in articles(Language(rng), rng, count):
            body = (
                "\n\n".join(f"## {part.heading}\n\n{part.text}" for part in draft.body.passages) if draft.body else ""
            )
            line = {
                "url": draft.url,
                "title": draft.title,
                "summary": draft.summary,
                "author": draft.author,
                "body": body,
            }
            lines.write(json.dumps({**line, "published": draft.published}, ensure_ascii=False) + "\n")


def run(folder: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and largest resident megabytes of the import."""
    environment = {**os.environ, "DISCORD_TOKEN": "unused"}
    arguments = [sys.executable, "-m", "bot", "import", str(folder / "articles.jsonl"), "--config", "config.toml"]
    began = time.monotonic()
    pid = os.posix_spawn(
        "/bin/sh", ["sh", "-c", 'cd "$0" && exec "$@" >import.log 2>&1', str(folder), *arguments], environment
    )
    _, status, usage = os.wait4(pid, 0)
    seconds = time.monotonic() - began
    if status:
        raise SystemExit((folder / "import.log").read_text("utf-8"))
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
