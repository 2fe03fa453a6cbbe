"""Flat pictures, drawn with the standard library and written as small PNG files."""

import struct
import zlib
from collections.abc import Sequence

Colour = tuple[int, int, int]
Point = tuple[float, float]

WIDTH, HEIGHT = 1200, 630


class Canvas:
    """A picture in at most 256 colours; (0, 0) is the upper left corner, sizes are pixels."""

    def __init__(self, background: Colour) -> None:
        self._palette: list[Colour] = [background]
        self._rows = [bytearray(WIDTH) for _ in range(HEIGHT)]

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Fills a rectangle."""
        index = self._index(colour)
        for y in range(max(0, round(top)), min(HEIGHT, round(bottom))):
            self._span(y, left, right, index)

    def circle(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fills a circle around (x, y)."""
        index = self._index(colour)
        for row in range(max(0, round(y - radius)), min(HEIGHT, round(y + radius) + 1)):
            half = max(0.0, radius**2 - (row - y) ** 2) ** 0.5
            self._span(row, x - half, x + half, index)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fills a polygon (even-odd rule)."""
        index = self._index(colour)
        edges = list(zip(points, [*points[1:], points[0]], strict=True))
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        for row in range(max(0, round(top)), min(HEIGHT, round(bottom))):
            level = row + 0.5
            crossings = sorted(
                x1 + (level - y1) * (x2 - x1) / (y2 - y1)
                for (x1, y1), (x2, y2) in edges
                if (y1 <= level) != (y2 <= level)
            )
            for left, right in zip(crossings[::2], crossings[1::2], strict=False):
                self._span(row, left, right, index)

    def png(self) -> bytes:
        """The picture as an indexed PNG (PNG specification, third edition, colour type 3)."""
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
        palette = b"".join(bytes(colour) for colour in self._palette)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self._rows), 9)
        chunks = [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)

    def _index(self, colour: Colour) -> int:
        if colour not in self._palette:
            self._palette.append(colour)
        return self._palette.index(colour)

    def _span(self, y: int, left: float, right: float, index: int) -> None:
        start, end = max(0, round(left)), min(WIDTH, round(right))
        if end > start:
            self._rows[y][start:end] = bytes((index,)) * (end - start)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
