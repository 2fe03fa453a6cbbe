"""Scenes outside, drawn in the light of an hour."""

from tests.tools.sample_images.canvas import HEIGHT, WIDTH, Canvas
from tests.tools.sample_images.light import HORIZON, SNOW, Light, hills


def market(canvas: Canvas, light: Light) -> None:
    """Three stalls under striped awnings."""
    hills(canvas, light)
    for left in (60, 440, 820):
        canvas.rectangle(left + 12, 300, left + 24, 540, light.near)
        canvas.rectangle(left + 296, 300, left + 308, 540, light.near)
        for stripe in range(8):
            colour = light.warm if stripe % 2 else light.lamp
            x = left + stripe * 40
            canvas.polygon([(x + 10, 250), (x + 50, 250), (x + 44, 330), (x, 330)], colour)
        canvas.rectangle(left, 440, left + 320, 540, light.near)
        for fruit in range(7):
            canvas.circle(left + 40 + fruit * 40, 428, 20, light.cool if fruit % 3 else light.warm)


def field(canvas: Canvas, light: Light) -> None:
    """A sack on a cart."""
    hills(canvas, light)
    for row in range(5):
        canvas.rectangle(0, 430 + row * 40, WIDTH, 442 + row * 40, light.far)
    canvas.rectangle(330, 450, 820, 476, light.near)
    canvas.circle(430, 510, 56, light.near)
    canvas.circle(720, 510, 56, light.near)
    canvas.polygon([(440, 450), (420, 330), (480, 280), (560, 280), (620, 330), (600, 450)], light.lamp)
    canvas.rectangle(478, 268, 562, 290, light.warm)


def road(canvas: Canvas, light: Light) -> None:
    """A truck full of passengers."""
    hills(canvas, light)
    canvas.polygon([(300, HEIGHT), (560, 400), (640, 400), (1100, HEIGHT)], light.near)
    canvas.rectangle(360, 300, 640, 440, light.warm)
    canvas.polygon([(640, 340), (720, 340), (760, 400), (760, 440), (640, 440)], light.cool)
    for passenger in range(5):
        canvas.circle(395 + passenger * 52, 286, 20, light.near)
    for wheel in (420, 700):
        canvas.circle(wheel, 450, 34, light.far)
        canvas.circle(wheel, 450, 14, light.lamp)


def city(canvas: Canvas, light: Light) -> None:
    """Tall buildings and a bus."""
    for block, top in enumerate((180, 110, 240, 150, 90, 210, 160, 250)):
        left = block * 150
        canvas.rectangle(left, top, left + 130, 470, light.far if block % 2 else light.cool)
        for floor in range(top + 24, 440, 48):
            for window in range(3):
                canvas.rectangle(left + 18 + window * 36, floor, left + 40 + window * 36, floor + 26, light.lamp)
    canvas.rectangle(0, 470, WIDTH, HEIGHT, light.near)
    canvas.rectangle(520, 440, 900, 560, light.warm)
    for window in range(4):
        canvas.rectangle(545 + window * 88, 462, 610 + window * 88, 505, light.lamp)
    for wheel in (600, 820):
        canvas.circle(wheel, 562, 30, light.ground)


def river(canvas: Canvas, light: Light) -> None:
    """A river between trees."""
    hills(canvas, light)
    canvas.polygon([(0, 520), (420, 430), (780, 450), (1200, 400), (1200, 540), (700, 570), (0, 630)], light.cool)
    for ripple in range(6):
        left, top = 150 + ripple * 170, 500 + (ripple % 3) * 22
        canvas.rectangle(left, top, left + 110, top + 6, light.lamp)
    for trunk in (90, 230, 1040):
        canvas.rectangle(trunk, 300, trunk + 16, 480, light.near)
        canvas.polygon([(trunk - 60, 400), (trunk + 8, 220), (trunk + 76, 400)], light.near)


def phone(canvas: Canvas, light: Light) -> None:
    """A telephone on a hilltop."""
    hills(canvas, light)
    canvas.polygon([(0, 630), (520, 360), (1200, 560), (1200, 630)], light.near)
    canvas.rectangle(500, 150, 680, 470, light.near)
    canvas.rectangle(520, 180, 660, 330, light.lamp)
    for key in range(9):
        canvas.circle(545 + key % 3 * 46, 360 + key // 3 * 36, 13, light.warm)
    for wave in range(3):
        canvas.circle(760 + wave * 46, 160 - wave * 26, 14, light.warm)


def steps(canvas: Canvas, light: Light) -> None:
    """Footprints that leave a road."""
    canvas.rectangle(0, 440, WIDTH, 500, light.near)
    for step in range(14):
        x, y = 120 + step * 62, 600 - step * 22 - (step % 2) * 26
        canvas.circle(x, y, 20, light.warm)
        canvas.circle(x + 26, y - 10, 13, light.warm)
    hills(canvas, light)


def gate(canvas: Canvas, light: Light) -> None:
    """A guard post with its barrier."""
    hills(canvas, light)
    canvas.rectangle(180, 200, 420, 540, light.near)
    canvas.polygon([(150, 210), (300, 110), (450, 210)], light.warm)
    canvas.rectangle(230, 270, 370, 390, light.lamp)
    canvas.polygon([(420, 420), (1130, 300), (1130, 324), (420, 452)], light.lamp)
    for stripe in range(4):
        x = 500 + stripe * 160
        y = 420 - (x - 420) * 0.169
        canvas.polygon([(x, y), (x + 70, y - 12), (x + 70, y + 16), (x, y + 30)], light.warm)


def window(canvas: Canvas, light: Light) -> None:
    """A block of flats with one lit window."""
    canvas.rectangle(260, 60, 940, HEIGHT, light.far)
    for row in range(5):
        for column in range(6):
            lit = (row, column) == (2, 3)
            left, top = 310 + column * 102, 100 + row * 104
            canvas.rectangle(left, top, left + 70, top + 72, light.lamp if lit else light.near)


def jars(canvas: Canvas, light: Light) -> None:
    """Earthenware jars in the snow."""
    hills(canvas, light)
    canvas.rectangle(0, 400, WIDTH, HEIGHT, SNOW)
    for jar, x in enumerate((200, 470, 740, 1000)):
        radius = 110 - jar % 2 * 20
        canvas.circle(x, 480, radius, light.near)
        canvas.rectangle(x - radius - 10, 500, x + radius + 10, HEIGHT, SNOW)
        canvas.rectangle(x - 64, 370, x + 64, 396, light.warm)


def snow(canvas: Canvas, light: Light) -> None:
    """A bare tree and a house in the snow."""
    canvas.rectangle(0, HORIZON, WIDTH, HEIGHT, SNOW)
    canvas.rectangle(560, 200, 590, 480, light.near)
    for height, reach in ((240, 130), (310, 170), (380, 100)):
        for side in (-reach, reach):
            tip = 575 + side
            branch = [(575, height + 60), (tip, height - 50), (tip + 16, height - 54), (580, height + 40)]
            canvas.polygon(branch, light.near)
    for flake in range(60):
        canvas.circle((flake * 197) % WIDTH, (flake * 83) % HORIZON, 5, SNOW)
    canvas.polygon([(820, 430), (820, 340), (900, 280), (980, 340), (980, 430)], light.near)
    canvas.rectangle(876, 350, 924, 396, light.warm)


def mountains(canvas: Canvas, light: Light) -> None:
    """Three walkers on a mountain path."""
    hills(canvas, light)
    canvas.polygon([(0, 630), (0, 430), (300, 300), (560, 470), (860, 320), (1200, 480), (1200, 630)], light.cool)
    bends = [(470, 630), (560, 540), (500, 480), (600, 420), (616, 424), (540, 482), (610, 545), (560, 630)]
    canvas.polygon(bends, light.lamp)
    for walker in range(3):
        x, y = 560 + walker * 36, 520 - walker * 8
        canvas.circle(x, y, 14, light.near)
        canvas.polygon([(x - 16, y + 62), (x - 8, y + 12), (x + 8, y + 12), (x + 16, y + 62)], light.near)
