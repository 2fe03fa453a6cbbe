"""The light in which the sample blog's pictures are drawn, and what stands behind all of them."""

from dataclasses import dataclass

from tests.tools.sample_images.canvas import WIDTH, Canvas, Colour

HORIZON = 400
BANDS = 40
SNOW: Colour = (228, 234, 242)


@dataclass(frozen=True, slots=True)
class Light:
    """The colours of an hour: sky from top to horizon, ground, far and near shapes, lamp, and two accents."""

    high: Colour
    low: Colour
    ground: Colour
    far: Colour
    near: Colour
    lamp: Colour
    warm: Colour
    cool: Colour


LIGHTS = {
    "dawn": Light((112, 140, 178), (250, 205, 160), (142, 115, 100), (120, 110, 130), (70, 62, 84),
                  (255, 238, 200), (214, 90, 74), (70, 130, 150)),
    "noon": Light((120, 182, 220), (222, 238, 240), (170, 176, 130), (130, 156, 150), (74, 92, 96),
                  (255, 250, 226), (222, 112, 66), (52, 120, 150)),
    "dusk": Light((66, 68, 116), (232, 146, 110), (98, 78, 92), (92, 72, 104), (46, 40, 66),
                  (255, 214, 140), (204, 84, 84), (96, 120, 168)),
    "night": Light((18, 24, 52), (48, 62, 108), (30, 36, 60), (36, 46, 82), (14, 18, 38),
                   (255, 220, 130), (190, 92, 96), (86, 128, 190)),
}  # fmt: skip


def sky(canvas: Canvas, light: Light) -> None:
    """A sky that brightens towards the horizon, with its sun or moon."""
    for band in range(BANDS):
        share = band / (BANDS - 1)
        red, green, blue = (round(high + (low - high) * share) for high, low in zip(light.high, light.low, strict=True))
        top, bottom = HORIZON * band / BANDS, HORIZON * (band + 1) / BANDS
        canvas.rectangle(0, top, WIDTH, bottom, (red, green, blue))
    canvas.circle(950, 150, 62, light.lamp)


def hills(canvas: Canvas, light: Light) -> None:
    """Two ranges of hills at the horizon."""
    canvas.polygon([(0, 400), (180, 230), (330, 340), (520, 190), (760, 400)], light.far)
    canvas.polygon([(500, 400), (800, 250), (960, 330), (1200, 210), (1200, 400)], light.far)
