"""The tour from its first to its last step, and the interfaces it may use."""

import ast
import inspect
from pathlib import Path

from bot.demo import tour
from tests.demo.sandboxes import visited

INTERACTION = "INTERACTION_CREATE"
STEPS = (1, 2, 3, 4, 5, 6)


def texts_of(glimpses: list[dict[str, str]]) -> list[str]:
    return [glimpse["text"] for glimpse in glimpses]


async def test_every_step_shows_a_difference(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        results = {step: await visitor.act("tour", step=step) for step in STEPS}

    assert not any("late" in result or "error" in result for result in results.values()), results
    for step, result in results.items():
        assert [glimpse["text"] for glimpse in result["before"]] != [glimpse["text"] for glimpse in result["after"]], (
            step
        )
    texts = {step: "\n".join(texts_of(result["after"])) for step, result in results.items()}
    assert "A Radio Under the Blanket" in texts[2]
    assert "#:~:text=" in texts[2]  # a link to the passage itself
    assert tour.CORRECTED_NAME not in texts[3]
    assert results[3]["message"] != results[2]["message"]  # the corrected post, not the answer that found it
    assert texts_of(results[4]["after"][:3]) == ["", "", ""]


async def test_a_step_that_needs_another_runs_it_first_and_none_runs_twice(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        third = await visitor.act("tour", step=3)
        again = await visitor.act("tour", step=3)
        shown = await visitor.view()

    assert third == again
    assert set(shown["tour"]) == {"1", "3"}
    assert tour.CORRECTED_NAME in third["before"][0]["text"]


async def test_the_steps_write_nothing_to_discord_themselves(tmp_path: Path) -> None:
    """Every message in the stand-in's journal was requested by the bot over Discord's API; people only interact."""
    async with visited(tmp_path) as visitor:
        world = visitor.sandbox.world
        begun = len(world.env.backend.transcript)
        for step in STEPS:
            await visitor.act("tour", step=step)
        journal = world.env.backend.transcript[begun:]
        requests = [request for request in world.env.http_requests if request.method != "GET"]
        authors = {message.author_id for channel in world.env.backend.messages.values() for message in channel.values()}

    assert authors == {world.env.backend.bot_user.id}
    assert any(request.path.endswith("/messages") for request in requests)
    people = [entry for entry in journal if entry[0] == "GATEWAY" and entry[1] == INTERACTION]
    commands = {entry[2]["data"].get("name", "press") for entry in people}
    assert commands <= {"search", "announcements", "press"}


def test_the_tour_imports_nothing_of_the_bot_but_its_sandbox() -> None:
    """So that no button can call the bot's own code."""
    tree = ast.parse(inspect.getsource(tour))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {module for module in modules if module.startswith(("bot", "cogs"))} <= {
        "bot.demo.projection",
        "bot.demo.server",
        "bot.demo.world",
    }
