"""Scenes inside, drawn in the light of an hour."""

from tests.tools.sample_images.canvas import HEIGHT, WIDTH, Canvas
from tests.tools.sample_images.light import Light


def scales(canvas: Canvas, light: Light) -> None:
    """A pair of scales and a tin of coins."""
    canvas.rectangle(0, 470, WIDTH, HEIGHT, light.near)
    canvas.rectangle(420, 180, 436, 470, light.lamp)
    canvas.polygon([(240, 200), (620, 170), (620, 182), (240, 212)], light.lamp)
    for x, y in ((240, 300), (620, 270)):
        canvas.polygon([(x - 90, y), (x + 90, y), (x + 50, y + 50), (x - 50, y + 50)], light.cool)
    canvas.rectangle(760, 330, 980, 470, light.warm)
    for coin in range(5):
        canvas.circle(790 + coin * 42, 318, 22, light.lamp)


def screen(canvas: Canvas, light: Light) -> None:
    """A small screen between curtains."""
    canvas.rectangle(0, 0, WIDTH, HEIGHT, light.near)
    for left in (0, 1020):
        canvas.rectangle(left, 0, left + 180, HEIGHT, light.warm)
        for fold in range(3):
            canvas.rectangle(left + 40 + fold * 50, 0, left + 52 + fold * 50, HEIGHT, light.far)
    canvas.circle(600, 340, 280, light.far)
    canvas.rectangle(400, 220, 800, 480, light.high)
    canvas.rectangle(420, 240, 780, 450, light.lamp)
    canvas.circle(540, 340, 46, light.warm)
    canvas.circle(660, 340, 46, light.cool)


def mirror(canvas: Canvas, light: Light) -> None:
    """A hand mirror and scissors."""
    canvas.rectangle(0, 480, WIDTH, HEIGHT, light.near)
    canvas.circle(480, 260, 150, light.warm)
    canvas.circle(480, 260, 124, light.lamp)
    canvas.rectangle(462, 400, 498, 560, light.warm)
    canvas.polygon([(720, 200), (744, 200), (900, 480), (876, 480)], light.cool)
    canvas.polygon([(876, 200), (900, 200), (744, 480), (720, 480)], light.cool)
    canvas.circle(716, 510, 40, light.cool)
    canvas.circle(904, 510, 40, light.cool)


def shelf(canvas: Canvas, light: Light) -> None:
    """Shelves full of boxes."""
    canvas.rectangle(0, 0, WIDTH, HEIGHT, light.low)
    for row, top in enumerate((60, 250, 440)):
        canvas.rectangle(80, top + 140, 1120, top + 160, light.near)
        for box in range(12):
            colour = (light.warm, light.cool, light.lamp, light.far)[(box + row) % 4]
            canvas.rectangle(100 + box * 85, top + 20 + (box * 7) % 30, 165 + box * 85, top + 140, colour)


def sewing(canvas: Canvas, light: Light) -> None:
    """A sewing machine beside folded cloth."""
    canvas.rectangle(0, 460, WIDTH, HEIGHT, light.near)
    canvas.rectangle(300, 420, 760, 470, light.cool)
    canvas.rectangle(660, 230, 760, 430, light.cool)
    canvas.rectangle(320, 230, 760, 300, light.cool)
    canvas.rectangle(340, 290, 390, 360, light.cool)
    canvas.rectangle(361, 360, 369, 420, light.lamp)
    canvas.circle(790, 270, 56, light.far)
    for fold in range(5):
        canvas.rectangle(880, 430 - fold * 40, 1120, 464 - fold * 40, (light.warm, light.lamp, light.far)[fold % 3])


def choir(canvas: Canvas, light: Light) -> None:
    """Singing children before a blackboard."""
    canvas.rectangle(0, 0, WIDTH, HEIGHT, light.low)
    canvas.rectangle(120, 60, 1080, 330, light.cool)
    canvas.rectangle(120, 330, 1080, 348, light.near)
    for place in (0, 1, 3, 4, 5, 6):  # the third one is missing, as in the story
        x = 180 + place * 140
        canvas.circle(x, 390, 44, light.near)
        canvas.polygon([(x - 60, HEIGHT), (x - 40, 440), (x + 40, 440), (x + 60, HEIGHT)], light.warm)
        canvas.circle(x, 406, 10, light.lamp)


def calendar(canvas: Canvas, light: Light) -> None:
    """A calendar with its pages lifting."""
    for page in range(4, 0, -1):
        shift = page * 34
        upper = [(380 + shift, 120 - shift / 2), (760 + shift, 100 - shift)]
        lower = [(790 + shift, 490 - shift), (410 + shift, 520)]
        canvas.polygon([*upper, *lower], light.far if page % 2 else light.cool)
    canvas.rectangle(370, 120, 760, 530, light.lamp)
    canvas.rectangle(370, 120, 760, 200, light.warm)
    for day in range(9):
        left, top = 420 + day % 3 * 110, 230 + day // 3 * 96
        canvas.rectangle(left, top, left + 70, top + 62, light.far)


def classroom(canvas: Canvas, light: Light) -> None:
    """A lamp over books and a microphone."""
    canvas.rectangle(0, 0, WIDTH, HEIGHT, light.far)
    canvas.polygon([(520, 190), (680, 190), (920, 470), (280, 470)], light.cool)
    canvas.polygon([(540, 110), (660, 110), (720, 200), (480, 200)], light.lamp)
    canvas.rectangle(0, 470, WIDTH, HEIGHT, light.near)
    for book in range(4):
        canvas.rectangle(250, 440 - book * 34, 450 - book * 12, 470 - book * 34, (light.warm, light.lamp)[book % 2])
    canvas.circle(800, 330, 36, light.lamp)
    canvas.rectangle(792, 350, 808, 470, light.lamp)


def table(canvas: Canvas, light: Light) -> None:
    """A table with cakes under a banner."""
    canvas.polygon([(120, 90), (1080, 60), (1080, 150), (120, 180)], light.warm)
    canvas.rectangle(140, 400, 1060, 430, light.near)
    canvas.rectangle(180, 430, 200, HEIGHT, light.near)
    canvas.rectangle(1000, 430, 1020, HEIGHT, light.near)
    for cake in range(5):
        x = 240 + cake * 110
        canvas.rectangle(x, 350, x + 80, 400, light.lamp)
        canvas.rectangle(x, 336, x + 80, 356, light.warm)
    canvas.rectangle(860, 270, 960, 400, light.cool)
    canvas.rectangle(850, 256, 970, 276, light.near)


def code(canvas: Canvas, light: Light) -> None:
    """A telephone full of code beside a notebook."""
    canvas.rectangle(0, 0, WIDTH, HEIGHT, light.far)
    canvas.rectangle(300, 80, 620, 570, light.near)
    canvas.rectangle(324, 120, 596, 520, light.high)
    for line, width in enumerate((180, 120, 220, 90, 200, 150, 60)):
        colour = (light.lamp, light.cool, light.warm)[line % 3]
        canvas.rectangle(344 + line % 2 * 20, 150 + line * 50, 344 + width, 166 + line * 50, colour)
    canvas.rectangle(720, 200, 1000, 540, light.lamp)
    for line in range(6):
        canvas.rectangle(750, 250 + line * 44, 970 - line % 3 * 40, 256 + line * 44, light.far)


def studio(canvas: Canvas, light: Light) -> None:
    """A microphone in a studio."""
    for row in range(5):
        for column in range(9):
            canvas.circle(80 + column * 135, 60 + row * 110, 44, light.far)
    canvas.circle(600, 290, 220, light.cool)
    canvas.rectangle(540, 180, 660, 330, light.lamp)
    canvas.circle(600, 180, 60, light.lamp)
    canvas.circle(600, 330, 60, light.lamp)
    canvas.rectangle(590, 390, 610, 560, light.near)
    canvas.rectangle(480, 550, 720, 576, light.near)


def clock(canvas: Canvas, light: Light) -> None:
    """A clock and a cup."""
    canvas.rectangle(0, 500, WIDTH, HEIGHT, light.near)
    canvas.circle(460, 290, 190, light.warm)
    canvas.circle(460, 290, 164, light.lamp)
    canvas.polygon([(452, 290), (454, 160), (466, 160), (468, 290)], light.near)
    canvas.polygon([(460, 282), (560, 330), (554, 344), (456, 298)], light.near)
    canvas.circle(460, 290, 14, light.warm)
    canvas.circle(930, 430, 56, light.cool)
    canvas.rectangle(800, 370, 930, 500, light.cool)
    canvas.circle(930, 430, 30, light.low)


def chalk(canvas: Canvas, light: Light) -> None:
    """A question mark on a blackboard."""
    canvas.rectangle(0, 0, WIDTH, HEIGHT, light.low)
    canvas.rectangle(140, 70, 1060, 540, light.warm)
    canvas.rectangle(160, 90, 1040, 520, light.near)
    canvas.circle(600, 240, 100, light.lamp)
    canvas.circle(600, 240, 66, light.near)
    canvas.rectangle(480, 240, 590, 360, light.near)
    canvas.rectangle(583, 320, 617, 400, light.lamp)
    canvas.circle(600, 450, 26, light.lamp)


def radio(canvas: Canvas, light: Light) -> None:
    """A radio and its waves."""
    for ring in range(4, 0, -1):
        canvas.circle(760, 300, 110 * ring, light.far if ring % 2 else light.high)
    canvas.rectangle(720, 130, 728, 320, light.lamp)
    canvas.rectangle(400, 300, 820, 510, light.warm)
    canvas.circle(500, 405, 76, light.near)
    canvas.circle(500, 405, 50, light.far)
    canvas.rectangle(610, 340, 790, 390, light.lamp)
    canvas.rectangle(676, 340, 684, 390, light.warm)
    canvas.circle(650, 450, 22, light.near)
    canvas.circle(750, 450, 22, light.near)
    canvas.polygon([(0, 560), (300, 500), (700, 540), (1200, 470), (1200, 630), (0, 630)], light.cool)
