"""Forged ids of buttons and menus, and what happened when they were pressed."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import discord
import simcord

from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction
from bot.interactions.custom_ids import MAX_CUSTOM_ID
from bot.interactions.draft import Draft, encode
from bot.layouts.components import NO_PINGS, Brand, layout
from bot.models import SubscriptionOptions
from tests.cogs.moderation import Server, shown

NASTY = (
    "", "-1", "0", "00", "+1", "1.5", "1E3", " 1", "1 ", "1_000", "0X1F", "\uff11\uff12", "٣", "½", "∞", "NaN", "None",
    "9" * 19, "9" * 40, "1:2", "1:2:3", "1:2:3:4", ":", "::", "a:b", "-1:1", "1:-1", "1:1:2", "1:1:-1", "\u202e1",
    "blog:all", "blog:", ":all", "blog:everything", "nowhere:all", "'; DROP TABLE subscriptions; --", "../../etc",
    "[]", "{}", "null", "\\u0000",
)  # fmt: skip
MEMBERS = (
    *(f"search:{page}:{state}" for page, state in product(
        ("0", "9999"),
        ("[", "[]", "{}", "null", '""', '[""]', "[1]", "[null]", '["a",1]', '["a",false,1]', '["a",false,{}]',
         '["a",false,null,"2021"]', '["a",false,null,true]', '["a",false,null,-1]', '["a",false,null,1e400]',
         '["a",false,null,NaN]', '["a",false,null,2021,[]]', '["a",0,0,0,0,0,0,0,0,0]', "=", "=x", "=" + "0" * 60,
         "[" * 80),
    )),
    *(f"latest:{page}:{topic}" for page, topic in product(("0", "7", "9999"), ("nowhere", "-", "women-", "_"))),
    *(f"{kind}:{number}" for kind, number in product(("share", "related"), ("0", "000", "1" * 18, "9" * 18))),
    "settings:language", "settings:log_channel",
)  # fmt: skip


SWITCHES = 2
NONE_CHOSEN = (1, 3, 4)  # no role, every topic, every feed: "0" is right there


def codes(server: Server) -> Iterator[str]:
    """Codes of the wizard, each wrong in one place."""
    settings = server.services.settings
    everything = Brand.of(settings).choices("en")
    valid = encode(Draft(server.channel.id, SubscriptionOptions(topics=("women",))), everything).split(".")
    wrong_switches = ("112", "009", "11", "1111", "000000", "2")
    for position in range(len(valid)):
        wrong_ones = (*NASTY[:21], "z" * 60, *(wrong_switches if position == SWITCHES else ()))
        right = (valid[position], *(("0", "00") if position in NONE_CHOSEN else ()))
        for wrong in wrong_ones:
            if wrong not in right:
                yield ".".join((*valid[:position], wrong, *valid[position + 1 :]))
    yield encode(Draft(server.channel.id, SubscriptionOptions(role_id=server.guild.id)), everything)  # @everyone
    yield encode(Draft(server.channel.id, SubscriptionOptions(role_id=1)), everything)
    yield from (".".join(valid[:3]), ".".join((*valid, "0")), "." * 5, "." * 50)


def forged(server: Server) -> list[str]:
    """At least 500 ids that no page of ours carries."""
    wizard = [action for action in ModeratorAction if action.value.startswith("guide_")]
    others = [action for action in ModeratorAction if action not in wizard]
    found = [f"announcements:{action}:{wrong}" for action, wrong in product(others, NASTY)]
    found += [f"announcements:{ModeratorAction.WIZARD_SAVE}:{code}" for code in codes(server)]
    found += [f"announcements:{action}:{wrong}" for action, wrong in product(wizard, NASTY[:6])]
    found += [f"announcements:{action}" for action in ModeratorAction]
    found += ["announcements:unknown", "announcements:unknown:1", "announcements:_", *MEMBERS]
    # Nothing is wrong with cancelling, with the first page of a list, or with asking for the settings.
    harmless = (
        "announcements:guide_cancel",
        "announcements:overview:0",
        "announcements:list:0",
        "announcements:log_channel",
    )
    return [one for one in dict.fromkeys(found) if len(one) <= MAX_CUSTOM_ID and one not in harmless]


async def press_as(person: simcord.MemberActor, server: Server, custom_id: str) -> str | None:
    """What is answered to a person who presses a button of that id in the server's channel; None: nothing."""
    channel = server.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    page = layout(discord.ui.ActionRow(discord.ui.Button[Any](label="?", custom_id=custom_id)))
    message = await channel.send(view=page, allowed_mentions=NO_PINGS)
    result = await person.click(message, custom_id=custom_id)
    return shown(result.response or message) if result.acknowledged else None


async def press(server: Server, custom_id: str) -> str:
    """Presses a button of that id as a moderator; "" when it was refused, else what happened."""
    said = await press_as(server.moderator, server, custom_id)
    if said is None:
        return "not answered"
    return "ended in an error" if Catalogue.of("en")("common.failed", reference="")[:30] in said else ""


async def changes(server: Server) -> list[str]:
    """What forged ids may have stored: nothing of this is there before."""
    chosen = await server.services.guilds.get(server.guild.id)
    found = {
        "a subscription": await server.services.subscriptions.of_guild(server.guild.id),
        "a language": chosen.language,
        "a log channel": chosen.log_channel_id,
        "a released hold": server.poller.released,
    }
    return [name for name, value in found.items() if value]
