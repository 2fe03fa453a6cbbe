"""Who may use a command, as Discord's Integrations page decides it."""

import pytest

from bot.client.command_access import Override, Overrides, Person, TargetKind, may_use_command

GUILD, CHANNEL, USER, HELPERS, MUTED = 100, 5, 7, 21, 22
EVERY_CHANNEL = GUILD - 1
MANAGER = Person(USER, GUILD, CHANNEL, frozenset({GUILD}), by_default=True)
HELPER = Person(USER, GUILD, CHANNEL, frozenset({GUILD, HELPERS}))


def role(role_id: int, *, allowed: bool) -> Override:
    return Override(role_id, TargetKind.ROLE, allowed)


def member(*, allowed: bool) -> Override:
    return Override(USER, TargetKind.MEMBER, allowed)


def channel(channel_id: int, *, allowed: bool) -> Override:
    return Override(channel_id, TargetKind.CHANNEL, allowed)


@pytest.mark.parametrize(
    ("person", "command", "application", "expected"),
    [
        pytest.param(MANAGER, (), (), True, id="default permissions are enough without settings"),
        pytest.param(HELPER, (), (), False, id="nobody else may use it without settings"),
        pytest.param(HELPER, (role(HELPERS, allowed=True),), (), True, id="a role that is allowed"),
        pytest.param(HELPER, (member(allowed=True),), (), True, id="a member who is allowed"),
        pytest.param(
            HELPER,
            (member(allowed=False), role(HELPERS, allowed=True)),
            (),
            False,
            id="the member's own line goes before its roles",
        ),
        pytest.param(
            Person(USER, GUILD, CHANNEL, frozenset({GUILD, HELPERS, MUTED})),
            (role(HELPERS, allowed=True), role(MUTED, allowed=False)),
            (),
            True,
            id="one role that is allowed is enough",
        ),
        pytest.param(MANAGER, (role(GUILD, allowed=False),), (), False, id="everyone denied denies managers too"),
        pytest.param(
            HELPER,
            (role(GUILD, allowed=False), role(HELPERS, allowed=True)),
            (),
            True,
            id="a role goes before everyone",
        ),
        pytest.param(HELPER, (), (role(HELPERS, allowed=True),), False, id="the application's allowed keeps defaults"),
        pytest.param(MANAGER, (), (member(allowed=False),), False, id="the application's denied counts"),
        pytest.param(
            MANAGER,
            (member(allowed=True),),
            (member(allowed=False),),
            True,
            id="the command's line goes before the application's",
        ),
        pytest.param(MANAGER, (channel(CHANNEL, allowed=False),), (), False, id="a channel that is denied"),
        pytest.param(MANAGER, (channel(EVERY_CHANNEL, allowed=False),), (), False, id="all channels denied"),
        pytest.param(
            MANAGER,
            (channel(EVERY_CHANNEL, allowed=False), channel(CHANNEL, allowed=True)),
            (),
            True,
            id="one channel allowed where all are denied",
        ),
        pytest.param(
            Person(USER, GUILD, CHANNEL, frozenset(), administrator=True),
            (member(allowed=False), channel(CHANNEL, allowed=False)),
            (),
            True,
            id="an administrator is never denied",
        ),
    ],
)
def test_discords_rules_decide(
    person: Person, command: tuple[Override, ...], application: tuple[Override, ...], *, expected: bool
) -> None:
    assert may_use_command(person, Overrides(command, application)) is expected
