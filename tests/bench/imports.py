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
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.search import Language, articles

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
# In a small process of its own: Linux counts the memory of the process that starts another for that other, too.
MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


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
    command = [sys.executable, "-m", "bot", "import", "articles.jsonl", "--config", "config.toml"]
    environment = {**os.environ, "DISCORD_TOKEN": "unused", "PYTHONPATH": str(EXAMPLE.parent)}
    began = time.monotonic()
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], cwd=folder, env=environment, capture_output=True, check=False
    )
    seconds = time.monotonic() - began
    if measured.returncode:
        raise SystemExit(measured.stderr.decode())
    cpu, kilobytes = measured.stdout.split()[-2:]
    return seconds, float(cpu), int(kilobytes) / 1024


if __name__ == "__main__":
    main()
