"""How often members may share."""

from bot.interactions.share_limits import COOLDOWN_SECONDS, ShareLimits


class Clock:
    """A clock that tests move."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_member_waits_between_two_shares_and_others_do_not() -> None:
    clock = Clock()
    limits = ShareLimits(clock)
    limits.record(1, 10)

    assert limits.seconds_to_wait(1, 11, 0) == COOLDOWN_SECONDS
    assert limits.seconds_to_wait(2, 10, 0) == 0
    clock.now += COOLDOWN_SECONDS + 1
    assert limits.seconds_to_wait(1, 11, 0) == 0


def test_slow_mode_counts_for_its_channel_alone() -> None:
    clock = Clock()
    limits = ShareLimits(clock)
    limits.record(1, 10)
    clock.now += 60

    assert limits.seconds_to_wait(1, 10, 300) == 240
    assert limits.seconds_to_wait(1, 11, 300) == 0


def test_only_one_shares_an_article_in_a_channel_at_a_time() -> None:
    limits = ShareLimits(Clock())
    with limits.only_one(5, 10) as first, limits.only_one(5, 10) as second, limits.only_one(5, 11) as elsewhere:
        assert (first, second, elsewhere) == (True, False, True)
    with limits.only_one(5, 10) as again:
        assert again
