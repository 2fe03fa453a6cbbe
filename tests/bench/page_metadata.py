"""How often title, author, date and body of an article are right: `python -m tests.bench.page_metadata [PATH ...]`.

Prints Herald beside every extraction library that is installed (trafilatura and htmldate always are;
newspaper4k, readability-lxml and goose3 where somebody installed them), in the same run, first on the shapes
of publishing platforms in `tests.pages.platforms` and `tests/pages/themes`, then on each public corpus
given by its path:

- a folder with `html/*.html` and `metadata/*.json` (and `txt/*.txt`), as in newspaper4k's tests/data;
- a folder with `ground-truth.json` and `html/*.html.gz`, as in article-extraction-benchmark;
- a folder with NAME.html and NAME.json, the latter with any of url, title, author, date (a day), text.

A figure is the share of the pages that have the fact: author as a set of names, date as a day (a time
close to midnight may fall on the day before or after in UTC), body as F1 of word quadruples.
"""

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.dates.parsing import parse_stamp
from bot.durations import DAY
from bot.pages.extractor import extract_page
from bot.plain_text import folded
from tests.pages.platforms import SHAPES, Shape
from tests.pages.themes import load_themes

FACTS = ("title", "author", "date", "body")


@dataclass(frozen=True)
class Sample:
    """A page and what is known of its article; empty where the corpus does not say."""

    url: str
    html: bytes
    title: str = ""
    author: str = ""
    date: str = ""
    text: str = ""


@dataclass
class Score:
    """What a reader got right, and its processor time."""

    right: Counter[str] = field(default_factory=Counter[str])
    body: float = 0.0
    seconds: float = 0.0


Facts = dict[str, str]
Reader = Callable[[Sample], Facts]


def main() -> None:
    show("platform shapes", [sample_of(shape) for shape in SHAPES])
    show("themes of platforms", [sample_of(shape) for shape in load_themes()])
    for path in map(Path, sys.argv[1:]):
        show(path.name, list(corpus(path)))


def show(name: str, samples: list[Sample]) -> None:
    """A table of all readers on one corpus."""
    known = Counter(fact for sample in samples for fact in FACTS if wanted(sample, fact))
    print(f"\n{name}: {len(samples)} pages; known: {', '.join(f'{fact} {known[fact]}' for fact in FACTS)}")
    print(f"{'reader':<22}" + "".join(f"{fact:>9}" for fact in FACTS) + f"{'ms a page':>12}")
    for label, reader in readers():
        score = measure(samples, reader)
        cells = [f"{score.right[fact]:>9}" if known[fact] else f"{'-':>9}" for fact in FACTS[:-1]]
        body = f"{score.body / known['body']:>9.3f}" if known["body"] else f"{'-':>9}"
        print(f"{label:<22}{''.join(cells)}{body}{score.seconds / max(1, len(samples)) * 1000:>12.1f}")


def measure(samples: list[Sample], reader: Reader) -> Score:
    score = Score()
    for sample in samples:
        began = time.process_time()
        try:
            found = reader(sample)
        except Exception as error:  # noqa: BLE001 - a library may fail on a page; Herald must not
            print(f"  failed on {sample.url}: {type(error).__name__}")
            found = {}
        score.seconds += time.process_time() - began
        for fact in FACTS[:-1]:
            score.right[fact] += bool(wanted(sample, fact)) and is_right(
                fact, wanted(sample, fact), found.get(fact, "")
            )
        if sample.text:
            score.body += f1(quadruples(sample.text), quadruples(found.get("text", "")))
    return score


def wanted(sample: Sample, fact: str) -> str:
    return sample.text if fact == "body" else str(getattr(sample, fact))


def is_right(fact: str, known: str, found: str) -> bool:
    if fact == "title":
        return folded(known) == folded(found)
    if fact == "author":
        return names(known) == names(found)
    instant = parse_stamp(found)
    if instant is None:
        return False
    away = abs(instant - datetime.fromisoformat(f"{known[:10]}T12:00:00+00:00").timestamp())
    return away < DAY if len(found) > 10 else away < DAY / 2


def names(text: str) -> set[str]:
    return {folded(name) for name in re.split(r"[,;&]|\band\b", text) if folded(name)}


def quadruples(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def f1(known: Counter[tuple[str, ...]], found: Counter[tuple[str, ...]]) -> float:
    shared = (known & found).total()
    return 2 * shared / (known.total() + found.total()) if shared else 0.0


def herald(sample: Sample) -> Facts:
    page = extract_page(sample.html, sample.url, None)
    if page is None:
        return {}
    date = datetime.fromtimestamp(page.published, UTC).isoformat() if page.published is not None else ""
    text = "\n".join(f"{passage.heading}\n{passage.text}" for passage in page.body.passages)
    noon = date.endswith("T12:00:00+00:00")
    return {"title": page.title, "author": page.author, "date": date[:10] if noon else date, "text": text}


def trafilatura_reader(module: Any) -> Reader:
    def read(sample: Sample) -> Facts:
        html = sample.html.decode("utf-8", "replace")
        found = module.extract_metadata(html, default_url=sample.url)
        text = module.extract(html, url=sample.url, include_comments=False) or ""
        return {"title": found.title or "", "author": found.author or "", "date": found.date or "", "text": text}

    return read


def newspaper_reader(module: Any) -> Reader:
    def read(sample: Sample) -> Facts:
        article = module.Article(sample.url, fetch_images=False)  # it would ask the network for them
        article.download(input_html=sample.html.decode("utf-8", "replace"))
        article.parse()
        date = str(article.publish_date or "")[:10]
        return {"title": article.title, "author": ", ".join(article.authors), "date": date, "text": article.text}

    return read


def readability_reader(module: Any) -> Reader:
    def read(sample: Sample) -> Facts:
        document = module.Document(sample.html.decode("utf-8", "replace"))
        return {"title": document.short_title(), "text": re.sub(r"<[^>]+>", " ", document.summary())}

    return read


def goose_reader(module: Any) -> Reader:
    def read(sample: Sample) -> Facts:
        found = module.Goose().extract(raw_html=sample.html.decode("utf-8", "replace"))
        date = str(found.publish_date or "")[:10]
        return {"title": found.title, "author": ", ".join(found.authors), "date": date, "text": found.cleaned_text}

    return read


def htmldate_reader(module: Any) -> Reader:
    def read(sample: Sample) -> Facts:
        return {"date": module.find_date(sample.html.decode("utf-8", "replace"), url=sample.url) or ""}

    return read


LIBRARIES: dict[str, Callable[[Any], Reader]] = {
    "trafilatura": trafilatura_reader,
    "htmldate": htmldate_reader,
    "newspaper": newspaper_reader,
    "readability": readability_reader,
    "goose3": goose_reader,
}


def readers() -> Iterator[tuple[str, Reader]]:
    yield "Herald", herald
    for name, make in LIBRARIES.items():
        try:
            module = import_module(name)
        except ImportError:
            continue
        yield name, make(module)


def sample_of(shape: Shape) -> Sample:
    text = "\n".join([*shape.paragraphs, *shape.headings])
    return Sample(shape.url, shape.html.encode(), shape.title, shape.author, shape.day, text)


def corpus(path: Path) -> Iterator[Sample]:
    """The samples of a folder in one of the three forms."""
    truth = path / "ground-truth.json"
    if truth.exists():
        for name, known in json.loads(truth.read_text("utf-8")).items():
            html = gzip.decompress((path / "html" / f"{name}.html.gz").read_bytes())
            yield Sample(known.get("url") or f"https://example.org/{name}", html, text=known["articleBody"])
        return
    facts = path / "metadata"
    for file in sorted((facts if facts.is_dir() else path).glob("*.json")):
        html = (path / "html" if facts.is_dir() else path) / f"{file.stem}.html"
        text = path / "txt" / f"{file.stem}.txt"
        if html.exists():
            known: dict[str, Any] = json.loads(file.read_text("utf-8"))
            author = known.get("author") or ", ".join(known.get("authors") or [])
            date = str(known.get("date") or known.get("publish_date") or "")[:10]
            yield Sample(
                known.get("url") or f"https://example.org/{file.stem}",
                html.read_bytes(),
                known.get("title") or "",
                author,
                date if re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) else "",
                text.read_text("utf-8") if text.exists() else known.get("text") or "",
            )


if __name__ == "__main__":
    main()
