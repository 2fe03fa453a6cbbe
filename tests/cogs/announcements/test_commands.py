"""Setting channels up by typed options, as moderators see it."""

import discord
import pytest

from bot.config.settings import Settings
from bot.delivery.announcer import Change
from bot.models import ChannelKind, SubscriptionOptions
from tests.cogs.guild_world import NOW
from tests.cogs.moderation import labels, open_server, shown

COMMANDS = ("setup", "add", "edit", "remove", "list", "preview", "pause", "resume", "status")


async def test_only_moderators_see_the_commands(settings: Settings) -> None:
    """Discord shows the group to those who manage the server; a server may decide otherwise."""
    async with open_server(settings) as server:
        wanted = {f"announcements {name}" for name in COMMANDS}

        assert wanted <= set(server.moderator.available_commands(server.channel))
        assert not wanted & set(server.member.available_commands(server.channel))


async def test_add_stores_what_was_typed_and_plans_nothing_old(settings: Settings) -> None:
    async with open_server(settings) as server:
        role = server.guild.create_role("Readers", mentionable=True)

        result = await server.moderator.slash(
            server.channel,
            "announcements add",
            channel=server.channel,
            topics="women, Markets",
            role=role,
            thread=True,
            language="ko",
            feed="blog",
        )

        assert result.ephemeral
        assert f"will be posted in {server.channel.mention}" in shown(result.response)
        assert "Older articles are not posted" in shown(result.response)
        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.options.topics == ("women", "markets")
        assert (stored.kind, stored.options.feeds, stored.options.role_id) == (ChannelKind.TEXT, ("blog",), role.id)
        assert (stored.options.open_thread, stored.options.publish, stored.options.language) == (True, False, "ko")
        assert stored.created_at == NOW
        assert await server.services.deliveries.recent(stored.id, 5) == []
        assert server.channel.history() == []


async def test_every_kind_of_channel_can_be_chosen(settings: Settings) -> None:
    async with open_server(settings) as server:
        news = server.guild.create_news_channel("announcements")
        forum = server.guild.create_forum_channel("talk")
        me = server.guild.me
        assert me is not None
        parent = me.guild.get_channel(server.channel.id)
        assert isinstance(parent, discord.TextChannel)
        thread = await parent.create_thread(name="side", type=discord.ChannelType.public_thread)
        chosen = {
            news.id: (news, ChannelKind.ANNOUNCEMENT),
            forum.id: (forum, ChannelKind.FORUM),
            thread.id: (server.channel.threads[0], ChannelKind.THREAD),
        }

        for channel_id, (channel, kind) in chosen.items():
            await server.moderator.slash(server.channel, "announcements add", channel=channel)
            stored = await server.services.subscriptions.get(channel_id)
            assert stored is not None
            assert stored.kind is kind


async def test_a_channel_without_needed_permissions_is_not_saved(settings: Settings) -> None:
    """The missing permissions are named with how to grant them; then the same command works."""
    async with open_server(settings) as server:
        closed = server.closed("closed", send_messages=False, create_public_threads=False)

        result = await server.moderator.slash(server.channel, "announcements add", channel=closed, thread=True)

        words = shown(result.response)
        assert f"I cannot announce in {closed.mention} yet" in words
        assert "❌ **Send Messages**, to post the articles" in words
        assert "❌ **Create Public Threads**, to open a thread on each post" in words
        assert "View Channel**," not in words
        assert "How to give me these permissions" in words
        assert await server.services.subscriptions.get(closed.id) is None


async def test_a_role_that_may_not_be_mentioned_is_refused_with_both_solutions(settings: Settings) -> None:
    async with open_server(settings) as server:
        role = server.guild.create_role("Quiet")
        quiet = server.closed("quiet", mention_everyone=False)

        result = await server.moderator.slash(server.channel, "announcements add", channel=quiet, role=role)

        words = shown(result.response)
        assert "❌ **Mention @\u200beveryone, @\u200bhere, and All Roles**" in words
        assert f"Or let everyone mention {role.mention}" in words
        assert await server.services.subscriptions.get(quiet.id) is None


async def test_everyone_is_never_mentioned(settings: Settings) -> None:
    async with open_server(settings) as server:
        result = await server.moderator.slash(
            server.channel, "announcements add", channel=server.channel, role=server.guild.default_role
        )

        assert "I never mention @\u200beveryone" in shown(result.response)
        assert await server.services.subscriptions.get(server.channel.id) is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"topics": "womn"}, "Did you mean **Women**?"),
        ({"topics": "@everyone **bold**"}, "There is no topic called “@\u200beveryone \\*\\*bold\\*\\*”"),
        ({"feed": "nothing"}, "There is no feed called “nothing”"),
        ({"publish": True}, "Only posts in an announcement channel can be published"),
    ],
)
async def test_an_invalid_choice_is_explained_and_not_saved(
    settings: Settings, options: dict[str, object], sentence: str
) -> None:
    async with open_server(settings) as server:
        result = await server.moderator.slash(server.channel, "announcements add", channel=server.channel, **options)

        assert sentence in shown(result.response)
        assert await server.services.subscriptions.get(server.channel.id) is None


async def test_a_channel_is_added_once(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)

        result = await server.moderator.slash(server.channel, "announcements add", channel=server.channel)

        assert "already gets announcements" in shown(result.response)


async def test_edit_changes_only_what_was_typed(settings: Settings) -> None:
    async with open_server(settings) as server:
        role = server.guild.create_role("Readers", mentionable=True)
        await server.subscribe(server.channel, topics=("women",), role_id=role.id, language="ko")

        await server.moderator.slash(
            server.channel, "announcements edit", channel=str(server.channel.id), topics="history"
        )
        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert (stored.options.topics, stored.options.role_id, stored.options.language) == (("history",), role.id, "ko")

        await server.moderator.slash(server.channel, "announcements edit", channel="#news", topics="all", no_role=True)
        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert (stored.options.topics, stored.options.role_id, stored.options.language) == ((), None, "ko")
        # What waited for a permission may go on.
        assert server.announcer.followed[Change.CHANNEL] == [server.channel.id, server.channel.id]


async def test_edit_with_the_channel_alone_opens_the_wizard(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, topics=("women",))

        result = await server.moderator.slash(server.channel, "announcements edit", channel=str(server.channel.id))

        assert "You are changing what it gets" in shown(result.response)
        assert labels(result.response)["Save"]


async def test_remove_asks_first(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)

        asked = await server.moderator.slash(server.channel, "announcements remove", channel=str(server.channel.id))
        assert asked.response is not None
        assert f"Stop announcing in {server.channel.mention}?" in shown(asked.response)
        assert await server.services.subscriptions.get(server.channel.id) is not None

        await server.moderator.click(asked.response, label="Stop announcing there")
        assert "I no longer announce in" in shown(asked.response)
        assert await server.services.subscriptions.get(server.channel.id) is None


async def test_removal_can_be_cancelled(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        asked = await server.moderator.slash(server.channel, "announcements remove", channel=str(server.channel.id))
        assert asked.response is not None

        await server.moderator.click(asked.response, label="Keep it")

        assert "keeps getting announcements" in shown(asked.response)
        assert await server.services.subscriptions.get(server.channel.id) is not None


async def test_channels_of_other_servers_are_unknown_here(settings: Settings) -> None:
    async with open_server(settings) as server:
        other = server.env.create_guild("Other")
        foreign = other.create_text_channel("secret")
        await server.subscribe(foreign, guild_id=other.id)

        for name in ("edit", "remove", "preview", "pause", "resume", "status"):
            result = await server.moderator.slash(server.channel, f"announcements {name}", channel=str(foreign.id))
            assert "No announcements are set up for that channel" in shown(result.response)
        offered = await server.moderator.autocomplete(server.channel, "announcements edit", "channel", "")
        assert offered == []


async def test_pause_and_resume_say_what_follows(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)

        async def said(name: str) -> str:
            result = await server.moderator.slash(
                server.channel, f"announcements {name}", channel=str(server.channel.id)
            )
            return shown(result.response)

        assert "is not paused" in await said("resume")
        assert "is paused" in await said("pause")
        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.paused
        assert "is already paused" in await said("pause")
        assert "gets new articles again" in await said("resume")


async def test_preview_shows_the_newest_article_that_fits(settings: Settings) -> None:
    """Exactly the card of that channel: its language, its role; private, and nobody is pinged."""
    async with open_server(settings) as server:
        role = server.guild.create_role("Readers", mentionable=True)
        await server.subscribe(server.channel, topics=("women",), role_id=role.id, language="ko")
        newest = (await server.services.articles.latest("women", 1))[0]

        result = await server.moderator.slash(server.channel, "announcements preview", channel=str(server.channel.id))

        assert result.ephemeral
        assert "Only you see this" in shown(result.response)
        assert newest.title in shown(result.response)
        assert role.mention in shown(result.response)
        assert "글 읽기" in labels(result.response) or "읽어 보기" in labels(result.response)
        assert server.channel.history(viewer=server.member) == []


async def test_preview_without_any_article_says_so(settings: Settings) -> None:
    async with open_server(settings, drafts=()) as server:
        await server.subscribe(server.channel)

        result = await server.moderator.slash(server.channel, "announcements preview", channel=str(server.channel.id))

        assert "There is no article yet" in shown(result.response)


async def test_the_list_names_every_channel_and_turns_pages(settings: Settings) -> None:
    async with open_server(settings) as server:
        empty = await server.moderator.slash(server.channel, "announcements list")
        assert "No channel gets new articles yet" in shown(empty.response)
        channels = [server.guild.create_text_channel(f"channel-{number}") for number in range(8)]
        for channel in channels:
            await server.subscribe(channel, topics=("women",))

        first = (await server.moderator.slash(server.channel, "announcements list")).response
        assert first is not None
        assert "8 channels get new articles" in shown(first)
        assert channels[0].mention in shown(first)
        assert channels[7].mention not in shown(first)

        await server.moderator.click(first, label="Next page")
        assert channels[7].mention in shown(first)
        assert not labels(first)["Next page"]


async def test_channels_are_completed_within_discords_limits(settings: Settings) -> None:
    """At most 25 of them, each name at most 100 characters long."""
    async with open_server(settings) as server:
        for number in range(30):
            await server.subscribe(server.guild.create_text_channel(f"{number:02}-{'소식' * 47}"))

        offered = await server.moderator.autocomplete(server.channel, "announcements status", "channel", "")

        assert len(offered) == 25
        assert all(0 < len(choice["name"]) <= 100 for choice in offered)
        listed = await server.moderator.slash(server.channel, "announcements list")
        assert "30 channels get new articles" in shown(listed.response)


async def test_options_complete_while_typing(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        await server.subscribe(server.guild.create_text_channel("other"))

        async def offered(command: str, option: str, typed: str) -> dict[str, str]:
            found = await server.moderator.autocomplete(server.channel, f"announcements {command}", option, typed)
            return {choice["name"]: choice["value"] for choice in found}

        assert await offered("status", "channel", "ne") == {"#news": str(server.channel.id)}
        assert len(await offered("remove", "channel", "")) == 2
        assert (await offered("add", "topics", ""))["Every topic"] == "all"
        assert "women, history" in (await offered("add", "topics", "women, hist")).values()
        assert "blog" in (await offered("edit", "feed", "")).values()


async def test_contradictory_mention_options_are_refused(settings: Settings) -> None:
    async with open_server(settings) as server:
        role = server.guild.create_role("Readers", mentionable=True)
        for options, sentence in (
            ({"silent": True, "role": role}, "A silent post mentions nobody"),
            ({"silent": True, "topic_roles": True}, "A silent post mentions nobody"),
            ({"role": role, "topic_roles": True}, "one role or the roles of its topics"),
        ):
            result = await server.moderator.slash(
                server.channel, "announcements add", channel=server.channel, **options
            )
            assert sentence in shown(result.response)
        assert await server.services.subscriptions.get(server.channel.id) is None


async def test_edit_changes_the_mention_and_nothing_else(settings: Settings) -> None:
    async with open_server(settings) as server:
        role = server.guild.create_role("Readers", mentionable=True)
        await server.subscribe(server.channel, topics=("women",), role_id=role.id)
        channel = str(server.channel.id)

        await server.moderator.slash(server.channel, "announcements edit", channel=channel, topic_roles=True)
        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.options == SubscriptionOptions(topics=("women",), topic_roles=True)

        await server.moderator.slash(server.channel, "announcements edit", channel=channel, silent=True)
        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.options == SubscriptionOptions(topics=("women",), silent=True)
