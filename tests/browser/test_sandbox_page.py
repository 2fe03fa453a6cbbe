"""The sandbox's page in a real Chromium; skipped where there is none."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.demo.sandboxes import Visitor, visited
from tests.tools.browser import NAMES, Tab, browser

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, NAMES)),
    reason="no Chromium found; install it (on Debian and Ubuntu: apt install chromium) to run the browser tests",
)

STEPS = {
    1: "#announcements",
    2: "#announcements",
    3: "#announcements",
    4: "#moderators",
    5: "#announcements",
    6: "#closed",
}
WINDOWS = {"desktop": (1280, 900), "phone": (390, 844)}

# Everything one can operate, and every picture that is not marked as decoration, needs a name.
NAMELESS = """
[...document.querySelectorAll('button, a[href], input, select, textarea, summary, [role=log], [role=group], img')]
  .filter(node => node.checkVisibility())
  .filter(node => !(node.tagName === 'IMG' && node.hasAttribute('alt')))
  .filter(node => !(node.getAttribute('aria-label') || node.textContent.trim() || node.labels?.length))
  .map(node => node.outerHTML.slice(0, 200))
"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
# Whether the newest message of the bot can be seen: its end, or its beginning where it is longer than the window.
NEWEST_IN_VIEW = """(() => {
  const view = document.getElementById('scroll').getBoundingClientRect();
  const newest = [...document.querySelectorAll('#timeline article')].at(-1).getBoundingClientRect();
  return newest.bottom <= view.bottom + 2 || Math.abs(newest.top - view.top) < 60;
})()"""


COMPARISON_IN_VIEW = """(() => {
  const view = document.querySelector('.tour').getBoundingClientRect();
  const after = document.querySelector('.comparison[open] .glimpse').getBoundingClientRect();
  return after.top >= view.top && after.top < view.bottom;
})()"""


@asynccontextmanager
async def opened(folder: Path, layout: str = "desktop") -> AsyncGenerator[tuple[Visitor, Tab]]:
    async with visited(folder) as visitor, browser() as tab:
        width, height = WINDOWS[layout]
        await tab.open(visitor.address, width, height, 1.0)
        await tab.wait_for("document.getElementById('step-1')")
        yield visitor, tab
        assert tab.complaints() == []


async def click(tab: Tab, selector: str) -> None:
    await tab.wait_for(f"document.querySelector({selector!r})")
    await tab.evaluate(f"document.querySelector({selector!r}).click()")
    await tab.wait_until_idle()


async def shown_text(tab: Tab) -> str:
    return await tab.evaluate("document.getElementById('timeline').innerText")


@pytest.mark.parametrize("layout", list(WINDOWS))
async def test_the_tour_runs_from_its_first_to_its_last_step_without_an_error_on_the_console(
    tmp_path: Path, layout: str
) -> None:
    """Each step opens its comparison; the page keeps its width, and everything keeps an accessible name."""
    async with opened(tmp_path, layout) as (_, tab):
        for step, channel in STEPS.items():
            await tab.evaluate(f"document.getElementById('step-{step}').click()")
            await tab.wait_for(
                f"document.querySelector('li.done #step-{step}') || !document.getElementById('notice').hidden"
            )
            assert await tab.evaluate("document.getElementById('notice').innerText") == "", step
            await tab.wait_for(f"document.querySelector('li:has(#step-{step}) .comparison[open] .glimpse')")
            await tab.wait_until_idle()
            assert await tab.evaluate("document.getElementById('channel-name').innerText") == channel
            assert await tab.evaluate(COMPARISON_IN_VIEW), step
            assert await tab.evaluate(NAMELESS) == []
            assert await tab.evaluate(OVERFLOW) <= 0
        assert await tab.evaluate("document.querySelectorAll('li.done').length") == len(STEPS)


async def test_a_typed_command_is_answered_privately_and_in_view(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, tab):
        await tab.type_line("/search a radio under a blanket")
        await tab.wait_for("document.querySelector('.message.private')")

        assert "Only you can see this" in await shown_text(tab)
        await tab.wait_for(NEWEST_IN_VIEW)


async def test_typing_a_slash_offers_commands_and_then_their_options(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, tab):
        await tab.evaluate("document.getElementById('input').focus()")
        await tab.call("Input.insertText", text="/se")
        await tab.wait_for("document.querySelector('#suggestions li')")
        assert "/search" in await tab.evaluate("document.getElementById('suggestions').innerText")
        await tab.call("Input.insertText", text="arch radio ")
        await tab.wait_for("document.getElementById('suggestions').innerText.includes('topic:')")


async def test_a_button_of_an_answer_can_be_pressed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, tab):
        await click(tab, "button[data-viewer=moderator]")
        await tab.wait_for("document.querySelector('button[data-viewer=moderator][aria-pressed=true]')")
        await tab.type_line("/announcements status")
        await tab.wait_for("document.querySelector('.message.private button.button:not([disabled])')")
        before = await shown_text(tab)
        await click(tab, ".message.private button.button:not([disabled])")
        await tab.wait_for(f"document.getElementById('timeline').innerText !== {before!r}")


async def test_the_language_changes_page_commands_and_answers(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, tab):
        await click(tab, "[data-language=ko]")
        await tab.wait_for("document.documentElement.lang === 'ko'")
        assert "여섯 단계로" in await tab.evaluate("document.querySelector('.tour').innerText")
        await tab.type_line("/도움말")
        await tab.wait_for("/[가-힣]/.test(document.querySelector('.message.private').innerText)")

        await click(tab, ".message.private button.mention")  # a command in a sentence
        assert await tab.evaluate("document.getElementById('input').value") == "/검색 "


async def test_a_moderator_sees_more_channels_than_a_member(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, tab):
        channels = "[...document.querySelectorAll('#channels button')].map(b => b.innerText.replace(/[^a-z]/g, ''))"
        assert await tab.evaluate(channels) == ["announcements", "news", "forum"]
        await click(tab, "button[data-viewer=moderator]")
        await tab.wait_for("document.querySelectorAll('#channels button').length === 5")


async def test_a_reload_in_the_middle_keeps_the_tour_the_channel_and_the_language(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, tab):
        await tab.evaluate("document.getElementById('step-1').click()")
        await tab.wait_for("document.querySelector('li.done #step-1')")
        await click(tab, "[data-language=ko]")
        await click(tab, "#channels li:nth-child(3) button")
        await tab.reload()
        await tab.wait_for("document.querySelector('li.done #step-1')")
        await tab.wait_for("document.documentElement.lang === 'ko'")
        await tab.wait_for("document.getElementById('channel-name').innerText === '#forum'")
