"""Article pages as the themes of many platforms make them: `themes/NAME.html` with its facts in `NAME.json`.

Written like the shapes in `tests.pages.platforms`, with what each platform puts around an article.
"""

import json
from pathlib import Path
from typing import Any

from tests.pages.platforms import Shape

FOLDER = Path(__file__).with_name("themes")


def load_themes() -> tuple[Shape, ...]:
    """Every page of the folder, by name."""
    return tuple(_load(path) for path in sorted(FOLDER.glob("*.json")))


def _load(path: Path) -> Shape:
    facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return Shape(
        name=path.stem,
        url=facts["url"],
        html=path.with_suffix(".html").read_text("utf-8"),
        title=facts["title"],
        author=facts["author"],
        day=facts["date"],
        paragraphs=facts["paragraphs"],
        headings=facts["headings"],
        captions=facts["captions"],
        calls=facts["calls"],
        footnotes=facts["footnotes"],
    )
