import io
import re
from pathlib import Path

from PIL import Image

from bot.demo.pictures import MARGIN, SUBJECTS, WINDOWS, palette_png

ROOT = Path(__file__).parents[2]
LARGEST = 200_000


def test_every_picture_of_the_readme_is_there_small_and_made_by_the_script() -> None:
    named = set(re.findall(r"\.github/pictures/([\w-]+\.png)", (ROOT / "README.md").read_text("utf-8")))
    made = {f"{subject.name}{window.suffix}.png" for subject in SUBJECTS for window in WINDOWS}
    there = {path.name: path.stat().st_size for path in (ROOT / ".github" / "pictures").glob("*.png")}

    assert named <= made
    assert set(there) == made
    assert max(there.values()) < LARGEST


def test_a_palette_picture_keeps_its_colour_and_gains_a_margin() -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), (200, 30, 40)).save(out, "PNG")
    small = Image.open(io.BytesIO(palette_png(out.getvalue())))

    assert (small.mode, small.size) == ("P", (30, 20 + 2 * MARGIN))
    assert small.convert("RGB").getpixel((0, 0)) == (200, 30, 40)
