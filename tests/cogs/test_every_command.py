"""Rules for all commands: a new one is checked without being listed here."""

import re
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.client.bot import HeraldBot
from bot.client.localisation import CommandTranslator
from bot.i18n import Catalogue, messages
from tests.cogs.guild_world import GuildWorld, raise_bugs
from tests.cogs.moderation import shown

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"[-_'\w]{1,32}")
LANGUAGES = ("en-US", "ko")
SUBCOMMAND, GROUP = 1, 2
MENUS = (discord.AppCommandType.message.value, discord.AppCommandType.user.value)
MAX_SIZE = 8_000
OPTION_VALUES = {3: "women", 4: 1, 5: True, 10: 1.0}


async def payloads(bot: HeraldBot) -> list[dict[str, Any]]:
    """Every command as it is sent to Discord."""
    return [await command.get_translated_payload(bot.tree, CommandTranslator()) for command in bot.tree.get_commands()]


def walk(payload: dict[str, Any], above: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The command, its subcommands and all options, each with its full name."""
    path = f"{above} {payload['name']}".strip()
    return [(path, payload), *(one for option in payload.get("options", []) for one in walk(option, path))]


def leaves(payload: dict[str, Any], above: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The callable commands."""
    path = f"{above} {payload['name']}".strip()
    below = [option for option in payload.get("options", []) if option["type"] in (SUBCOMMAND, GROUP)]
    return [leaf for option in below for leaf in leaves(option, path)] if below else [(path, payload)]


async def test_everything_is_named_and_described_in_every_language(members: GuildWorld) -> None:
    for command in await payloads(members.bot):
        menu = command.get("type") in MENUS
        for path, part in walk(command):
            for language in LANGUAGES:
                name = part.get("name_localizations", {}).get(language, part["name"])
                assert menu or (NAME.fullmatch(name) and name == name.lower()), path
                if not menu:
                    described = part.get("description_localizations", {})
                    assert language in described, path
                    assert 0 < len(described[language]) <= 100, path
            assert menu or part["description_localizations"]["ko"] != part["description"], path


async def test_no_two_are_called_alike(members: GuildWorld) -> None:
    """Names of commands, and of the options of one command, are unique in every language."""
    commands = await payloads(members.bot)
    for siblings in [commands, *(part.get("options", []) for command in commands for _, part in walk(command))]:
        for language in LANGUAGES:
            names = [one.get("name_localizations", {}).get(language, one["name"]) for one in siblings]
            assert len(set(names)) == len(names), names


async def test_every_command_fits_discords_limits(members: GuildWorld) -> None:
    """8,000 characters a command, counting the longest language of each text; at most 25 options."""
    for command in await payloads(members.bot):
        size = 0
        for path, part in walk(command):
            assert len(part.get("options", [])) <= 25, path
            for field in ("name", "description"):
                size += max(map(len, [part.get(field, ""), *part.get(f"{field}_localizations", {}).values()]))
        assert size <= MAX_SIZE, command["name"]


async def test_only_moderators_see_moderators_commands(members: GuildWorld) -> None:
    """Moderators' commands need Manage Server and work only in servers; members' commands need nothing."""
    seen = set(members.member.available_commands(members.channel))
    for command in members.bot.tree.get_commands():
        if isinstance(command, app_commands.ContextMenu):
            continue
        paths = {
            path for path, _ in leaves(await command.get_translated_payload(members.bot.tree, CommandTranslator()))
        }
        if command.name in ("announcements", "settings"):
            assert command.default_permissions == discord.Permissions(manage_guild=True), command.name
            assert command.guild_only, command.name
            assert not paths & seen, command.name
        else:
            assert command.default_permissions is None, command.name
            assert paths <= seen, command.name


async def test_the_readme_and_help_list_every_command_with_its_options(members: GuildWorld) -> None:
    """A row of the README may end its options with an ellipsis; manual and guides name no command that is not there."""
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = {
        command: row
        for row in readme.splitlines()
        if row.startswith("| `/")
        for command in re.findall(r"`/(announcements \w+|\w+)", row)
    }
    managers = members.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    moderator = members.guild.add_member(members.env.create_user("mod"), roles=[managers])
    page = (await moderator.slash(members.channel, "help")).response
    assert page is not None
    helped = shown(page)
    await moderator.click(page, label="For moderators")
    helped += shown(page)
    known = dict(leaf for payload in await payloads(members.bot) for leaf in leaves(payload) if "options" in payload)

    assert rows.keys() == known.keys()
    assert set(re.findall(r"</([\w ]+):", helped)) == known.keys()
    for path, payload in known.items():
        missing = [option["name"] for option in payload.get("options", []) if option["name"] not in rows[path]]
        assert not missing or "…" in rows[path], (path, missing)
    for guide in (ROOT / ".github").rglob("*.md"):
        assert set(re.findall(r"`/(announcements \w+)", guide.read_text("utf-8"))) <= known.keys(), guide


async def test_sentences_use_the_command_names_of_the_readers_language(members: GuildWorld) -> None:
    """In Korean `/announcements status` is `/공지 상태`, and nobody could type the English name."""
    commands = [one for one in await payloads(members.bot) if one.get("type") not in MENUS]
    for language, locale in (("en", "en-US"), ("ko", "ko")):
        paths = {path for command in commands for path in localised_paths(command, locale)}
        for key, forms in messages(language).items():
            named = {path for form in forms.values() for path in re.findall(r"`/([^`]+)`", form)}
            assert named <= paths, (language, key)


async def test_commands_in_sentences_can_be_tapped_in_every_language(members: GuildWorld) -> None:
    """Discord opens only `</name:id>`, whose name is the registered one; a group alone stays as it is typed."""
    ids = {command.name: command.id for command in await members.bot.tree.fetch_commands()}
    for language, words in (("en", "`/announcements status`"), ("ko", "`/공지 상태`")):
        text = members.bot.catalogue(language)
        assert f"</announcements status:{ids['announcements']}>" in text("send.send.done", channel="x")
        assert words in Catalogue.of(language)("send.send.done", channel="x")
        assert "`/" in text("announcements.refused.not_yours")


def localised_paths(payload: dict[str, Any], locale: str, above: str = "") -> list[str]:
    """The full names of a command and of its subcommands in a language."""
    path = f"{above} {payload.get('name_localizations', {}).get(locale, payload['name'])}".strip()
    below = [option for option in payload.get("options", []) if option["type"] in (SUBCOMMAND, GROUP)]
    return [path, *(one for option in below for one in localised_paths(option, locale, path))]


async def test_every_command_is_in_the_readme(members: GuildWorld) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = [line for line in readme.splitlines() if line.startswith("|")]
    for command in await payloads(members.bot):
        if command.get("type") in MENUS:
            assert f"*{command['name']}*" in readme
            continue
        for path, leaf in leaves(command):
            wanted = [option["name"] for option in leaf.get("options", [])]
            lines = [line for line in table if re.search(rf"`/{path}[ `]", line)]
            # Long lists of options are cut short there.
            assert any("…" in line or all(name in line for name in wanted) for line in lines), f"/{path} {wanted}"


async def test_every_member_command_answers_privately(members: GuildWorld) -> None:
    """Each is called with something in every option, as a member, and answers without an error."""
    for command in await payloads(members.bot):
        if command.get("type") in MENUS or command.get("default_member_permissions"):
            continue
        for path, leaf in leaves(command):
            options = {option["name"]: OPTION_VALUES[option["type"]] for option in leaf.get("options", [])}
            result = await members.member.slash(members.channel, path, **options)
            assert result.ephemeral, path
            assert result.response is not None, path
            raise_bugs(members.env)
