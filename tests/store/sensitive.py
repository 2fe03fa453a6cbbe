"""An article that names a person wherever an article can hold words, and a search for the name in files."""

from dataclasses import replace
from pathlib import Path

from bot.models import ArticleBody, Image, Link, LinkKind, NewArticle, Passage

NOW = 1_800_000_000.0
PERSON = "Quimbersley"  # a made-up name that nothing else contains
FIRST = "Zanthorpe"
SLUG = f"https://blog.example/stories/{FIRST.lower()}-{PERSON.lower()}-leaves"
SENTENCES = (
    f"{FIRST} {PERSON} crossed the frozen river before dawn.",
    f"A neighbour of {PERSON} waited with two bicycles.",
)


def article(number: int, **changes: object) -> NewArticle:
    plain = NewArticle(
        feed="blog", identity=f"guid-{number}", url=f"https://blog.example/{number}", key=f"https://blog.example/{number}",
        title=f"Markets in spring {number}", summary="Traders wait.", author="Dana Example", author_note="",
        published=NOW - number, language="en", image=None, reading_minutes=3, topics=(),
        body=ArticleBody(passages=(Passage(0, "", f"Traders sell what they grow in village {number}. " * 20),)),
    )  # fmt: skip
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType] - the caller names the fields


def sensitive() -> NewArticle:
    """An article with a person's name wherever an article can hold words."""
    body = ArticleBody(
        passages=(Passage(0, "", SENTENCES[0]), Passage(1, f"What {PERSON} remembers", SENTENCES[1], f"{PERSON}-part")),
        images=(Image(f"https://cdn.example/{PERSON}.jpg", f"{PERSON} on the bank", f"Photo: {FIRST} {PERSON}"),),
        links=(
            Link(f"Write to {PERSON}", "https://blog.example/letter", LinkKind.CALL_TO_ACTION, 0),
            Link(f"{PERSON} at school", f"https://blog.example/{PERSON.lower()}-school", LinkKind.RELATED, 1),
        ),
        footnotes=(f"{PERSON} is a nickname.",),
    )
    return article(
        99, identity=f"{SLUG}#guid", url=SLUG, key=SLUG, title=f"{FIRST} {PERSON} leaves", author=f"{PERSON} Senior",
        summary=f"The story of {PERSON} and a river.", author_note=f"{PERSON} writes letters.", body=body,
        image=Image(f"https://cdn.example/{PERSON.lower()}-cover.jpg", f"Portrait of {PERSON}"),
    )  # fmt: skip


def files_with(folder: Path, word: str) -> list[str]:
    wanted = (word.encode(), word.lower().encode(), word.upper().encode())
    return [
        path.name for path in folder.iterdir() if path.is_file() and any(one in path.read_bytes() for one in wanted)
    ]
