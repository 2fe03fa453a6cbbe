import re
from pathlib import Path

from tests.tools.screenshots import SUBJECTS

ROOT = Path(__file__).parents[2]
MAX_BYTES = 200_000


def test_every_picture_of_the_readme_exists_is_small_and_made_by_the_tool() -> None:
    named = set(re.findall(r"\.github/pictures/([\w-]+\.webp)", (ROOT / "README.md").read_text("utf-8")))
    made = {name for subject in SUBJECTS for name in subject.files()}
    there = {path.name: path.stat().st_size for path in (ROOT / ".github" / "pictures").iterdir()}

    assert named <= made
    assert set(there) == made
    assert max(there.values()) < MAX_BYTES
