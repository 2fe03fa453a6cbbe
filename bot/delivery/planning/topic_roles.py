"""Topic roles: which roles members may give themselves, and which of them a post mentions. Pure.

Members add and remove topic roles unsupervised, so these must neither grant nor deny anything: a
role with a permission would be privilege escalation, and removing one that denies something (a
mute) would lift it. In a channel even what everybody may do counts: what one role allows there
overrides what another, such as a mute, denies.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.models import Article, SubscriptionOptions

MAX_MENTIONS = 3


class RoleProblem(StrEnum):
    """Why a role cannot be a topic role."""

    GONE = "gone"
    EVERYONE = "everyone"
    MANAGED = "managed"  # belongs to a bot, an integration, boosting or a linked account
    PERMISSIONS = "permissions"
    OVERWRITES = "overwrites"
    COMMANDS = "commands"  # the server lets it use, or bars it from, a moderators' command
    ABOVE_BOT = "above_bot"
    ABOVE_PERSON = "above_person"


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role as the server has it now. `below_person` is True while nobody is assigning it to a topic.

    `has_overwrites`: some channel allows or denies it something; `has_commands`: the server's Integrations page
    has a line for it.
    """

    is_everyone: bool
    is_managed: bool
    permissions: int
    everyone_permissions: int
    has_overwrites: bool
    has_commands: bool
    below_bot: bool
    below_person: bool = True


@dataclass(frozen=True, slots=True)
class RoleChanges:
    """What a member's choice changes, as topics; in the order of the choices."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is notified by a post: the roles it mentions, and whether members can choose topics in that server.

    `digest`: they get the articles of a period in one post.
    """

    roles: tuple[int, ...] = ()
    can_follow: bool = False
    digest: bool = False


NOBODY = Audience()


def role_problem(role: RoleFacts | None) -> RoleProblem | None:
    """Why the role is refused; None for a role that members may safely give themselves."""
    if role is None:
        return RoleProblem.GONE
    problems = {
        RoleProblem.EVERYONE: role.is_everyone,
        RoleProblem.MANAGED: role.is_managed,
        RoleProblem.PERMISSIONS: bool(role.permissions & ~role.everyone_permissions),
        RoleProblem.OVERWRITES: role.has_overwrites,
        RoleProblem.COMMANDS: role.has_commands,
        RoleProblem.ABOVE_BOT: not role.below_bot,
        RoleProblem.ABOVE_PERSON: not role.below_person,
    }
    return next((problem for problem, found in problems.items() if found), None)


def role_changes(
    roles: Mapping[str, int], offered: Sequence[str], held: Collection[int], chosen: Collection[str]
) -> RoleChanges:
    """What to add and remove so that a member has the roles of exactly the chosen topics among those offered."""
    return RoleChanges(
        added=tuple(topic for topic in offered if topic in chosen and roles[topic] not in held),
        removed=tuple(topic for topic in offered if topic not in chosen and roles[topic] in held),
    )


def audience(articles: Sequence[Article], options: SubscriptionOptions, roles: Mapping[str, int]) -> Audience:
    """The audience of a post about these articles; `roles` are the server's topic roles by topic.

    Topic roles are mentioned best topic first, of the topics that the channel wants (none chosen: all).
    """
    mentioned: tuple[int, ...] = ()
    if options.topic_roles and not options.silent:
        topics = (topic for article in articles for topic in article.topics)
        wanted = (topic for topic in topics if topic in roles and (not options.topics or topic in options.topics))
        mentioned = tuple(dict.fromkeys(roles[topic] for topic in wanted))[:MAX_MENTIONS]
    elif options.role_id is not None and not options.silent:
        mentioned = (options.role_id,)
    return Audience(mentioned, can_follow=bool(roles))
