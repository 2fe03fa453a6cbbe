"""The sample blog's pictures: a name such as `market-dawn` is a scene in the light of an hour."""

from collections.abc import Callable
from functools import cache

from tests.tools.sample_images import indoor, outdoor
from tests.tools.sample_images.canvas import Canvas
from tests.tools.sample_images.light import LIGHTS, Light, sky

SCENES: dict[str, Callable[[Canvas, Light], None]] = {
    "calendar": indoor.calendar,
    "chalk": indoor.chalk,
    "choir": indoor.choir,
    "city": outdoor.city,
    "classroom": indoor.classroom,
    "clock": indoor.clock,
    "code": indoor.code,
    "field": outdoor.field,
    "gate": outdoor.gate,
    "jars": outdoor.jars,
    "market": outdoor.market,
    "mirror": indoor.mirror,
    "mountains": outdoor.mountains,
    "phone": outdoor.phone,
    "radio": indoor.radio,
    "river": outdoor.river,
    "road": outdoor.road,
    "scales": indoor.scales,
    "screen": indoor.screen,
    "sewing": indoor.sewing,
    "shelf": indoor.shelf,
    "snow": outdoor.snow,
    "steps": outdoor.steps,
    "studio": indoor.studio,
    "table": indoor.table,
    "window": outdoor.window,
}


@cache
def picture(name: str) -> bytes:
    """The PNG of a picture's name. Raises KeyError when there is no such scene or light."""
    scene, _, hour = name.rpartition("-")
    draw, light = SCENES[scene], LIGHTS[hour]
    canvas = Canvas(light.ground)
    sky(canvas, light)
    draw(canvas, light)
    return canvas.png()
