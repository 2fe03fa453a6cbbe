"""`/announcements status`: the proof of delivery as a moderator reads it."""

import pytest
import simcord

from bot.client.bot import HeraldBot
from bot.config.settings import Settings
from bot.delivery.announcer import Change
from bot.i18n import LANGUAGES, messages
from bot.ingest.poll_policy import PROBLEM_KINDS
from bot.models import ChannelKind
from bot.search.index import SearchIndex
from bot.store.feeds import HeldArticles
from tests.cogs.guild_world import NOW
from tests.cogs.moderation import Server, labels, menu, open_server, shown


async def status(server: Server, channel: simcord.ChannelHandle | None = None) -> simcord.ResponseMessage:
    """The page of a channel, or of all."""
    options = {"channel": str(channel.id)} if channel else {}
    result = await server.moderator.slash(server.channel, "announcements status", **options)
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def one_delivery(server: Server, **columns: object) -> tuple[int, str]:
    """A channel with one delivery in a state; returns the delivery's id and the article's title."""
    await server.subscribe(server.channel)
    (article,) = await server.services.articles.latest(limit=1)
    await server.plan(article.id)
    return await server.set_delivery(article.id, **columns), article.title


async def state_of(server: Server) -> str:
    """The state of the one delivery there is."""
    counts = await server.services.deliveries.counts()
    assert list(counts.values()) == [1]
    return next(iter(counts))


async def test_a_posted_article_links_to_its_post(settings: Settings) -> None:
    async with open_server(settings) as server:
        _, title = await one_delivery(
            server, state="posted", message_id=77, posted_at=NOW - 60, due=None, publish="done", thread="done"
        )

        words = shown(await status(server, server.channel))

        jump = f"https://discord.com/channels/{server.guild.id}/{server.channel.id}/77"
        assert f"✅ **[{title}]({jump})** · posted <t:{int(NOW - 60)}:R> · published · thread opened" in words
        assert "✅ Everything is working." in words


async def put_off_older_changes(server: Server) -> None:
    """A channel whose newest post is as it should be, an older one withdrawn and two others corrected in vain."""
    await server.subscribe(server.channel)
    newest, withdrawn, *corrected = [article.id for article in await server.services.articles.latest(limit=4)]
    await server.plan(newest, withdrawn, *corrected)
    posted = {"state": "posted", "posted_at": NOW - 60, "due": None, "posted_hash": 1, "desired_hash": 1}
    await server.set_delivery(newest, **posted)
    put_off = {**posted, "desired_hash": 2, "due": NOW + 3_000, "problem": "too_many_edits"}
    for article_id in (withdrawn, *corrected):
        await server.set_delivery(article_id, **put_off)
    async with server.services.database.transaction() as tx:
        await server.services.articles.withdraw(tx, withdrawn, NOW)


async def test_the_overview_counts_older_posts_that_wait_for_a_withdrawal_or_correction(settings: Settings) -> None:
    async with open_server(settings) as server:
        await put_off_older_changes(server)

        words = shown(await status(server))

        withdrawal = f"⚠️ One older post still waits for its withdrawal · next attempt <t:{int(NOW + 3_000)}:R>"
        correction = f"⚠️ 2 older posts still wait for a correction · next attempt <t:{int(NOW + 3_000)}:R>"
        assert f"{withdrawal}\n{correction}" in words
        assert "✅ New articles arrive here." in words
        assert "Everything is working" not in words


async def test_the_overview_says_how_far_search_is_while_older_articles_are_indexed(settings: Settings) -> None:
    async with open_server(settings) as server:
        before = shown(await status(server))
        ids = sorted(article.id for article in await server.services.articles.latest(limit=99))
        async with server.services.database.transaction() as tx:
            await SearchIndex(server.services.database, ()).remove(tx, ids[0])

        words = shown(await status(server))

        assert "Search is still reading" not in before
        progress = f"{len(ids) - 1} of {len(ids)} so far"
        assert f"🔎 Search is still reading older articles after an update: {progress}." in words


@pytest.mark.usefixtures("korean")
async def test_the_overview_counts_older_posts_in_korean(settings: Settings) -> None:
    async with open_server(settings) as server:
        await put_off_older_changes(server)

        words = shown(await status(server))

        assert "아직 철회되지 않은 이전 게시물이 1개 있어요 · 다음 시도 " in words
        assert "아직 수정되지 않은 이전 게시물이 2개 있어요 · 다음 시도 " in words


async def test_a_channels_page_counts_only_posts_that_it_does_not_list(settings: Settings) -> None:
    async with open_server(settings) as server:
        await put_off_older_changes(server)

        words = shown(await status(server, server.channel))

        assert words.count("still to do, next attempt") == 3
        assert "older post" not in words


async def test_an_archived_thread_is_not_called_gone(settings: Settings) -> None:
    """Discord lists only active threads; the next post unarchives it."""
    async with open_server(settings) as server:
        await server.subscribe(server.channel, kind=ChannelKind.THREAD, channel_id=999)

        words = shown(await status(server))

        assert "**<#999>** · 💤 This thread is archived. The next article opens it again." in words


async def test_an_archived_thread_that_is_locked_says_so(settings: Settings) -> None:
    async with open_server(settings) as server:
        subscription = await server.subscribe(server.channel, kind=ChannelKind.THREAD, channel_id=999)
        async with server.services.database.transaction() as tx:
            await server.services.subscriptions.set_blocked(tx, subscription.id, "manage_threads")

        words = shown(await status(server))

        assert "I cannot post here at the moment: the thread is locked" in words
        assert "archived" not in words


async def test_a_forum_post_links_to_its_thread(settings: Settings) -> None:
    async with open_server(settings) as server:
        forum = server.guild.create_forum_channel("talk")
        await server.subscribe(forum, kind=ChannelKind.FORUM)
        (article,) = await server.services.articles.latest(limit=1)
        await server.plan(article.id)
        await server.set_delivery(article.id, state="posted", message_id=77, posted_at=NOW, due=None)

        assert f"https://discord.com/channels/{server.guild.id}/77)" in shown(await status(server, forum))


async def test_what_waits_says_until_when_and_can_be_sent_now(settings: Settings) -> None:
    async with open_server(settings) as server:
        _, title = await one_delivery(server, due=NOW + 600, attempts=3, problem="server_error")
        page = await status(server, server.channel)
        assert f"🕓 **[{title}]" in shown(page)
        assert f"waiting until <t:{int(NOW + 600)}:R>" in shown(page)

        await server.moderator.click(page, label="Send now")

        assert server.announcer.woken == 1
        stored = (await server.services.subscriptions.of_guild(server.guild.id))[0]
        assert (await server.services.deliveries.recent(stored.id, 1))[0].not_before == 0
        assert "Send now" not in labels(page)


async def test_what_is_blocked_names_the_permission_and_how_to_give_it(settings: Settings) -> None:
    async with open_server(settings) as server:
        closed = server.closed("closed", send_messages=False)
        subscription = await server.subscribe(closed)
        (article,) = await server.services.articles.latest(limit=1)
        await server.plan(article.id)
        async with server.services.database.transaction() as tx:
            await server.services.subscriptions.set_blocked(tx, subscription.id, "send_messages")

        words = shown(await status(server, closed))

        assert f"⛔ **[{article.title}]" in words
        assert "waiting for the permission **Send Messages**" in words
        assert "I cannot post here at the moment" in words
        assert "❌ **Send Messages**, to post the articles" in words
        assert f"Open the settings of {closed.mention}" in words


async def test_an_unverified_post_is_resolved_by_looking_at_the_channel(settings: Settings) -> None:
    async with open_server(settings) as server:
        _, title = await one_delivery(server, state="unverified", due=None, claimed_at=NOW - 90)
        page = await status(server, server.channel)
        assert f"❓ **[{title}]" in shown(page)
        assert {"It arrived", "Send it again"} <= set(labels(page))

        await server.moderator.click(page, label="It arrived")

        assert await state_of(server) == "posted"
        assert "It arrived" not in labels(page)
        assert f"posted <t:{int(NOW - 90)}:R>" in shown(page)


async def test_an_unverified_post_can_be_sent_again_after_a_restart(settings: Settings) -> None:
    async with open_server(settings) as server:
        await one_delivery(server, state="unverified", due=None, claimed_at=NOW - 90)
        page = await status(server, server.channel)
        await server.env.restart_bot(HeraldBot(server.services))

        await server.moderator.click(page, label="Send it again")

        assert await state_of(server) == "planned"
        assert server.announcer.woken == 1


async def test_members_may_not_use_the_controls_of_a_public_status_page(settings: Settings) -> None:
    """A page that became public gives members no further rights."""
    async with open_server(settings) as server:
        await one_delivery(server, state="unverified", due=None, claimed_at=NOW - 90)
        page = await status(server, server.channel)
        stored = server.env.backend.get_message(server.channel.id, page.id)
        stored.flags &= ~64

        refused = await server.member.click(page, custom_id=menu(page, "announcements:settle"))

        assert "Manage Server" in shown(refused.response)
        assert await state_of(server) == "unverified"


async def test_feeds_show_their_next_check_and_their_incident(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.feed("blog", last_success=NOW - 120, next_check=NOW + 1_680)
        await server.feed(
            settings.feeds[1].key,
            problem="overloaded",
            problem_since=NOW - 900,
            last_success=NOW - 9_000,
            next_check=NOW + 300,
            errors=3,
        )

        words = shown(await status(server))

        assert f"✅ **{settings.feeds[0].name}** · last successful check <t:{int(NOW - 120)}:R>" in words
        assert f"next check <t:{int(NOW + 1_680)}:R>" in words
        assert f"⚠️ **{settings.feeds[1].name}**" in words
        assert "its server is overloaded and asked me to wait" in words
        assert f"first noticed <t:{int(NOW - 900)}:R>" in words


@pytest.mark.parametrize("due", [NOW - 3, NOW + 1, None])
async def test_a_check_that_is_due_is_soon_and_never_in_the_past(settings: Settings, due: float | None) -> None:
    async with open_server(settings) as server:
        await server.feed("blog", last_success=NOW - 120, next_check=due)

        assert "next check soon" in shown(await status(server))


async def test_the_overview_leads_to_each_channel_and_back(settings: Settings) -> None:
    async with open_server(settings) as server:
        channels = [server.guild.create_text_channel(f"channel-{number}") for number in range(7)]
        for channel in channels:
            await server.subscribe(channel)
        page = await status(server)
        assert channels[0].mention in shown(page)
        assert channels[6].mention not in shown(page)

        await server.moderator.click(page, label="Next page")
        assert channels[6].mention in shown(page)
        await server.moderator.click(page, custom_id=menu(page, f"announcements:status:{channels[6].id}"))
        assert "There has been nothing to post here yet" in shown(page)
        await server.moderator.click(page, label="All channels")
        assert channels[0].mention in shown(page)


async def test_status_of_a_deleted_channel_says_so(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, channel_id=123_456_789_012_345_678)

        result = await server.moderator.slash(server.channel, "announcements status", channel="123456789012345678")

        assert "I cannot see this channel any more" in shown(result.response)


async def test_a_hold_shows_the_newest_articles_and_takes_a_choice(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        await server.feed("blog", last_success=NOW, next_check=NOW + 60)
        articles = await server.services.articles.latest(None, 6)
        held = [article for article in articles if article.feed == "blog"]
        async with server.services.database.transaction() as tx:
            await HeldArticles(server.services.database).hold(tx, "blog", [article.id for article in held], NOW)
        page = await status(server)
        words = shown(page)
        assert f"has {len(held)} new articles at once" in words
        assert all(article.title in words for article in held)
        assert all(f"<t:{int(article.published or 0)}:D>" in words for article in held)
        assert {"Announce all", "Only the newest", "None"} <= set(labels(page))

        await server.moderator.click(page, label="Only the newest")

        assert server.poller.released == [("blog", server.guild.id, "newest")]
        assert "The newest is being announced now" in shown(page)


async def test_announcing_none_of_the_held_articles_asks_first(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        await server.feed("blog", last_success=NOW, next_check=NOW + 60)
        articles = [one for one in await server.services.articles.latest(None, 3) if one.feed == "blog"]
        async with server.services.database.transaction() as tx:
            await HeldArticles(server.services.database).hold(tx, "blog", [one.id for one in articles], NOW)
        page = await status(server)

        await server.moderator.click(page, label="None")
        assert "Announce none of these" in shown(page)
        assert server.poller.released == []

        await server.moderator.click(page, label="Announce none")
        assert server.poller.released == [("blog", server.guild.id, "none")]


async def test_a_server_without_a_log_channel_shows_what_is_wrong_to_whoever_manages_it(settings: Settings) -> None:
    """Only to the moderator who uses a command, and no longer once a log channel is chosen."""
    async with open_server(settings) as server:
        incidents = server.services.incidents
        async with server.services.database.transaction() as tx:
            await incidents.start(
                tx, "blocked", "send_messages", NOW, guild_id=server.guild.id, channel_id=server.channel.id
            )
        result = await server.moderator.slash(server.channel, "announcements pause", channel="x")
        assert [one.ephemeral for one in result.followups] == [True]
        assert "I cannot post new articles in" in shown(result.followups[0])

        await server.services.guilds.choose(server.guild.id, "log_channel_id", server.channel.id)
        again = await server.moderator.slash(server.channel, "announcements pause", channel="x")
        assert not again.followups


async def test_a_hold_is_shown_only_to_servers_that_get_the_feed(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, feeds=(settings.feeds[1].key,))
        await server.feed("blog", last_success=NOW, next_check=NOW + 60)
        (article,) = await server.services.articles.latest(limit=1)
        async with server.services.database.transaction() as tx:
            await HeldArticles(server.services.database).hold(tx, "blog", [article.id], NOW)

        page = await status(server)

        assert "Announce all" not in labels(page)


async def test_articles_without_a_topic_are_listed(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        (article,) = await server.services.articles.latest(limit=1)
        async with server.services.database.transaction() as tx:
            await server.services.articles.set_topics(tx, {article.id: ()})

        words = shown(await status(server))

        assert "Articles without a topic" in words
        assert article.title in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_incident_of_a_feed_has_its_sentence(language: str) -> None:
    assert {f"announcements.problem.{kind}" for kind in PROBLEM_KINDS} <= set(messages(language))


async def test_a_post_that_still_shows_a_withdrawn_article_is_listed_first(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        (article,) = await server.services.articles.latest(limit=1)
        await server.plan(article.id)
        await server.set_delivery(
            article.id, state="posted", message_id=77, posted_hash=5, desired_hash=0, problem="view_channel"
        )
        async with server.services.database.transaction() as tx:
            await server.services.articles.withdraw(tx, article.id, NOW)

        words = shown(await status(server))

        assert f"Still visible in {server.channel.mention}: [open the message](https://discord.com/channels/" in words
        assert words.index("Still visible") < words.index("Everything is working" if "Everything" in words else "·")


async def test_check_now_retries_the_queued_posts_of_a_channel(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        page = await server.moderator.slash(server.channel, "announcements status", channel=str(server.channel.id))
        assert page.response is not None
        server.announcer.followed[Change.CHANNEL].clear()

        await server.moderator.click(page.response, label="Check now")

        assert server.announcer.followed[Change.CHANNEL] == [server.channel.id]


async def withdraw_newest(server: Server) -> tuple[int, str]:
    """A posted article that was withdrawn; gives its id and title."""
    await one_delivery(server, state="posted", message_id=77, posted_at=NOW - 60, due=None)
    (article,) = await server.services.articles.latest(limit=1)
    async with server.services.database.transaction() as tx:
        await server.services.articles.withdraw(tx, article.id, NOW)
        await SearchIndex(server.services.database, ()).remove(tx, article.id)
        await server.services.deliveries.withdrawn(tx, article.id, NOW)
    return article.id, article.title


def deciding(settings: Settings, *servers: int) -> Settings:
    """Settings under which moderators of these servers decide about withdrawn articles."""
    delivery = settings.delivery.model_copy(update={"reinstate_servers": servers})
    return settings.model_copy(update={"delivery": delivery})


async def let_decide(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names this server in the settings of the running bot."""
    chosen = deciding(server.services.settings, server.guild.id)
    monkeypatch.setitem(server.services.settings.__dict__, "delivery", chosen.delivery)


async def test_a_moderator_of_a_chosen_server_brings_a_withdrawn_article_back_after_a_question(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_server(settings) as server:
        await let_decide(server, monkeypatch)
        article_id, title = await withdraw_newest(server)
        page = await status(server)
        assert "One article was withdrawn lately" in shown(page)
        assert title not in shown(page)
        await server.moderator.click(page, label="Withdrawn articles")
        assert f"{title}\n-# Its words are erased <t:{int(NOW + 86_400)}:R>" in shown(page)

        await server.moderator.click(page, label="Bring back")
        assert f"Bring back **{title}**?" in shown(page)
        assert article_id in [one.id for one in await server.services.withdrawals.kept()]
        await server.moderator.click(page, label="Yes, bring it back everywhere")

        assert "The article is back" in shown(page)
        article = await server.services.articles.get(article_id)
        assert article is not None
        assert article.title == title
        assert (await server.services.deliveries.counts()) == {"posted": 1}
        assert server.announcer.woken == 1
        assert "withdrawn lately" not in shown(await status(server))


async def test_no_other_server_decides_or_reads_the_title_of_a_withdrawn_article(settings: Settings) -> None:
    async with open_server(deciding(settings, 4711)) as server:
        article_id, title = await withdraw_newest(server)

        page = await status(server)

        words = shown(page)
        assert "One article was withdrawn lately" in words
        assert "`herald reinstate`" in words
        assert title not in words
        assert "Withdrawn articles" not in labels(page)
        assert article_id


async def test_a_press_on_reinstate_is_refused_once_the_server_may_not_decide_any_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_server(settings) as server:
        with monkeypatch.context() as patch:
            await let_decide(server, patch)
            article_id, _ = await withdraw_newest(server)
            page = await status(server)
            await server.moderator.click(page, label="Withdrawn articles")
            await server.moderator.click(page, label="Bring back")

        result = await server.moderator.click(page, label="Yes, bring it back everywhere")

        assert "Only moderators of servers chosen" in shown(result.response)
        assert article_id in [one.id for one in await server.services.withdrawals.kept()]


async def test_a_member_without_manage_server_cannot_bring_an_article_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_server(settings) as server:
        await let_decide(server, monkeypatch)
        article_id, _ = await withdraw_newest(server)
        page = await status(server)
        await server.moderator.click(page, label="Withdrawn articles")
        await server.moderator.click(page, label="Bring back")
        await server.forbid_moderator("manage_guild")

        result = await server.moderator.click(page, label="Yes, bring it back everywhere")

        assert "You need permission to use `/announcements` here" in shown(result.response)
        assert article_id in [one.id for one in await server.services.withdrawals.kept()]


async def test_an_erased_article_has_vanished_when_the_button_is_pressed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_server(settings) as server:
        await let_decide(server, monkeypatch)
        article_id, _ = await withdraw_newest(server)
        page = await status(server)
        await server.moderator.click(page, label="Withdrawn articles")
        await server.services.withdrawals.erase([article_id], NOW)

        result = await server.moderator.click(page, label="Bring back")

        assert "That no longer exists" in shown(result.response)
