"""Limits the size of an extracted page: more than any real article has, little enough to process quickly.

The main process stores, indexes, classifies and compares it, so its size is limited here, in the
process that can be killed.
"""

from dataclasses import replace

from bot.models import Page, Passage
from bot.plain_text import truncate

TEXT = 200_000  # characters: some 35,000 words
PASSAGES, LINKS, IMAGES, NOTES = 300, 300, 100, 100
TITLE, LINE, NOTE = 300, 300, 1_500


def bounded(page: Page) -> Page:
    """The page, cut where it is larger than articles are."""
    passages = _passages(page.passages)
    last = len(passages) - 1
    return replace(
        page,
        title=truncate(page.title, TITLE),
        author=truncate(page.author, LINE),
        author_note=truncate(page.author_note, NOTE),
        passages=passages,
        images=tuple(
            replace(image, alt=truncate(image.alt, LINE), caption=truncate(image.caption, NOTE))
            for image in page.images[:IMAGES]
        ),
        links=tuple(
            replace(link, label=truncate(link.label, LINE))
            for link in page.links[:LINKS]
            if link.passage <= max(last, 0)
        ),
        footnotes=tuple(truncate(note, NOTE) for note in page.footnotes[:NOTES]),
    )


def _passages(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    kept: list[Passage] = []
    room = TEXT
    for passage in passages[:PASSAGES]:
        if room <= 0:
            break
        text = passage.text
        if len(text) > room:
            # Up to the end of a line where there is one near.
            line = text.rfind("\n", room // 2, room)
            text = text[:line].rstrip() if line >= 0 else truncate(text[: room + 1], room)
        kept.append(replace(passage, heading=truncate(passage.heading, LINE), text=text))
        room -= len(passage.text) + len(kept[-1].heading)
    return tuple(kept)
