"""A premiere or live stream that has not begun says when it will."""

import pytest

from bot.discovery.broadcasts import broadcast_start

START = 1_790_811_000.0  # 2026-09-30T23:30:00Z
LIVE = '<meta itemprop="isLiveBroadcast" content="True"><meta itemprop="startDate" content="2026-09-30T23:30:00+00:00">'
LD = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"VideoObject","publication":'
    '[{"@type":"BroadcastEvent","isLiveBroadcast":true,"startDate":"2026-09-30T23:30:00Z"%s}]}]}</script>'
)


@pytest.mark.parametrize(
    ("html", "start"),
    [
        (LIVE, START),
        (LIVE + '<meta itemprop="endDate" content="2026-10-01T00:30:00+00:00">', None),
        (LIVE.replace('"True"', '"False"'), None),
        (LD % "", START),
        (LD % ',"endDate":"2026-10-01T00:30:00Z"', None),
        ('<script type="application/ld+json">{"isLiveBroadcast": </script>', None),
        (LIVE.replace("2026-09-30T23:30:00+00:00", "soon"), None),
        ("<p>isLiveBroadcast</p>", None),
        ("", None),
    ],
)
def test_the_start_of_a_broadcast_is_read_from_microdata_and_json_ld(html: str, start: float | None) -> None:
    assert broadcast_start(f"<html><head>{html}</head><body></body></html>".encode()) == start
