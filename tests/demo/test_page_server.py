"""The requests of the page: views, actions, and which requests are accepted."""

from pathlib import Path

import pytest

from bot.demo.page_server import HEADER
from tests.demo.sandboxes import visited


async def test_a_member_gets_a_private_answer_that_the_moderator_does_not_see(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        channel = visitor.sandbox.world.announcements.id
        answer = await visitor.act("command", viewer="member", channel=channel, name="latest", options={})
        own = await visitor.view("member", channel)
        others = await visitor.view("moderator", channel)

    assert answer["message"] in {message["id"] for message in own["channel"]["messages"]}
    assert answer["message"] not in {message["id"] for message in others["channel"]["messages"]}


async def test_commands_and_answers_are_in_the_chosen_language(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        channel = visitor.sandbox.world.announcements.id
        view = await visitor.view("member", channel, "ko")
        await visitor.act("command", viewer="member", language="ko", channel=channel, name="help", options={})
        shown = (await visitor.view("member", channel, "ko"))["channel"]["messages"][-1]

    assert "검색" in {command["shown"] for command in view["channel"]["commands"]}
    assert any("가" <= letter <= "힣" for letter in str(shown["components"]))


async def test_a_member_is_not_offered_the_moderators_commands(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        member = await visitor.view("member")
        moderator = await visitor.view("moderator")
        channel = visitor.sandbox.world.announcements.id
        refused = await visitor.act("command", viewer="member", channel=channel, name="announcements list", options={})

    assert not any(command["name"].startswith("announcements") for command in member["channel"]["commands"])
    assert any(command["name"].startswith("announcements") for command in moderator["channel"]["commands"])
    assert refused["error"]


async def test_suggestions_come_from_the_bot(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        channel = visitor.sandbox.world.announcements.id
        answer = await visitor.act(
            "complete", viewer="member", channel=channel, name="search", option="topic", value="wom", options={}
        )

    assert any("omen" in choice["name"] for choice in answer["choices"])


async def test_buttons_and_channel_options_work(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        world = visitor.sandbox.world
        place = {"viewer": "moderator", "channel": world.moderators.id}
        shown = await visitor.act(
            "command", **place, name="announcements preview", options={"channel": f"#{world.news.name}"}
        )
        assert "error" not in shown
        status = await visitor.act("command", **place, name="announcements status", options={})
        page = await visitor.view("moderator", world.moderators.id)
        message = next(one for one in page["channel"]["messages"] if one["id"] == status["message"])
        button = next(row["components"][0] for row in message["components"][0]["components"] if "components" in row)
        pressed = await visitor.act("press", **place, message=message["id"], custom_id=button["custom_id"])

    assert "error" not in pressed


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 200),
        ("favicon.ico", 200),
        ("static/page.js", 200),
        ("static/nothing.js", 404),
        ("static/..%2f__init__.py", 404),
        ("api/words?language=ko", 200),
    ],
)
async def test_files_are_served_and_nothing_else(tmp_path: Path, path: str, status: int) -> None:
    async with visited(tmp_path) as visitor, visitor.session.get(visitor.address + path) as response:
        assert response.status == status
        if status == 200:
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]


async def test_other_sites_cannot_drive_the_sandbox(tmp_path: Path) -> None:
    """A form on another page lacks the header; a name that resolves to loopback is not this host."""
    async with visited(tmp_path) as visitor:
        async with visitor.session.post(visitor.address + "api/tour", json={"step": 1}) as response:
            assert response.status == 403
        async with visitor.session.get(visitor.address, headers={"Host": "evil.example:80"}) as response:
            assert response.status == 403
        async with visitor.session.post(visitor.address + "api/tour", data=b"[", headers={HEADER: "1"}) as response:
            assert response.status == 400
