"""Whether patterns stay linear on hostile texts: `python -m tests.bench.linear`.

Each function reads a text of one size and of eight times that size; the ratio of processor times is
about 8 when it is linear, 64 when it is quadratic. Times below a millisecond say nothing ("fast").
"""

import time
from collections.abc import Callable

from bot.config.types import parse_duration
from bot.dates.parsing import date_in, parse_stamp
from bot.feeds.parser import plain_summary, plain_title
from bot.pages.assembler import assemble, classify_link
from bot.pages.blocks import HIDDEN_STYLE, Block, BlockKind, Span, useful_alt, video_page
from bot.pages.byline import authors_in, is_name, is_note, people_in
from bot.pages.generic import BARE_OPENING
from bot.pictures import largest_of, picture_address
from bot.plain_text import clean, folded, language_of, one_line, reading_minutes

SIZE, FACTOR = 20_000, 8
LIMIT = 20  # a ratio above it is not linear
FAST = 0.001
HOSTILE: dict[str, Callable[[int], str]] = {
    "letters": lambda n: "a" * n,
    "digits": lambda n: "1" * n,
    "spaces": lambda n: "a" + " " * n + "b",
    "words": lambda n: "word " * (n // 5),
    "arrows": lambda n: "> " * (n // 2) + "x",
    "arrows inside": lambda n: "x" + " > " * (n // 3) + "x",
    "by": lambda n: "by " * (n // 3),
    "by and dashes": lambda n: "-" * n + "by",
    "by and spaces": lambda n: "by" + " " * n + "!",
    "quotes": lambda n: "Jane is " + "'" * n,
    "open quotes": lambda n: "“" * n,
    "pipes": lambda n: " | " * (n // 3),
    "hyphens": lambda n: "a-" * (n // 2),
    "commas": lambda n: ", " * (n // 2),
    "dates": lambda n: "March 3, 2024 " * (n // 14),
    "brackets": lambda n: "<" * n,
    "open tags": lambda n: "<b " * (n // 3),
    "tags": lambda n: "<b>" * (n // 3),
    "scripts": lambda n: "<script>" * (n // 8),
    "comments": lambda n: "<!--" * (n // 4),
    "entities": lambda n: "&amp;" * (n // 5),
    "ampersands": lambda n: "&" * n,
    "articles": lambda n: "<article>" * (n // 9) + "a" * 30,
    "styles": lambda n: "display" + " " * n + ":",
    "srcset": lambda n: "a 1x," * (n // 5),
    "srcset without commas": lambda n: "a" * n + " ",
    "addresses": lambda n: "youtube.com/watch?" * (n // 18),
    "stars": lambda n: "*" * n,
    "Korean": lambda n: "김민수 기자 " * (n // 7),
    "joiners": lambda n: "\u200d" * n,
    "calls": lambda n: "click here to " * (n // 14),
    "sentences": lambda n: "Sign. " * (n // 6),
}


def duration(text: str) -> None:
    try:
        parse_duration(text)
    except ValueError:
        return


def paragraph(text: str) -> object:
    return assemble([Block(BlockKind.PARAGRAPH, (Span(text), Span(text[:50], "https://e.org/a")))])


READERS: dict[str, Callable[[str], object]] = {
    "plain_text.clean": clean,
    "plain_text.one_line": one_line,
    "plain_text.folded": folded,
    "plain_text.language_of": lambda text: language_of(text, ""),
    "plain_text.reading_minutes": reading_minutes,
    "dates.parse_stamp": parse_stamp,
    "dates.date_in": date_in,
    "config duration": duration,
    "feeds title": plain_title,
    "feeds summary": plain_summary,
    "pictures srcset": largest_of,
    "pictures address": lambda text: picture_address({"src": text, "srcset": text}),
    "pages byline": authors_in,
    "pages author": people_in,
    "pages name": is_name,
    "pages note": lambda text: is_note(text[:1_200], "Jane Doe", italic=False),
    "pages link": lambda text: classify_link(text, "https://e.org/", text, button=False),
    "pages call": lambda text: classify_link("here", "https://e.org/", text, button=False),
    "pages paragraph": paragraph,
    "pages alternative text": useful_alt,
    "pages video": video_page,
    "pages hidden style": HIDDEN_STYLE.search,
    "pages bare opening": lambda text: BARE_OPENING.sub("", text),
}


def main() -> None:
    worst_of_all = 0.0
    print(f"{'reader':<28}{'worst ratio':>12}  on")
    for name, reader in READERS.items():
        ratios = {label: ratio(reader, make) for label, make in HOSTILE.items()}
        label, worst = max(ratios.items(), key=lambda item: item[1])
        worst_of_all = max(worst_of_all, worst)
        shown = f"{worst:.1f}" if worst else "fast"
        print(f"{name:<28}{shown:>12}  {label if worst else ''}{'  NOT LINEAR' if worst > LIMIT else ''}")
    print(
        f"\n{len(READERS)} readers x {len(HOSTILE)} texts; worst ratio {worst_of_all:.1f} for {FACTOR} times the text"
    )


def ratio(reader: Callable[[str], object], make: Callable[[int], str]) -> float:
    """Times on the larger text over times on the smaller one; 0 when both are too short to measure."""
    small, large = (spent(reader, make(size)) for size in (SIZE, SIZE * FACTOR))
    return 0.0 if large < FACTOR * FAST else large / max(small, FAST / 2)


def spent(reader: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    reader(text)
    return time.process_time() - began


if __name__ == "__main__":
    main()
