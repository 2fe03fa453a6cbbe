"""Rules that make the fake Discord misbehave, and the one place that decides when a rule applies."""

import random
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What may happen to a request. `AFTER`: once it has been carried out."""

    STATUS = "status"  # answered with `status`, nothing done
    STATUS_AFTER = "status_after"  # done, then answered with `status`
    RESET = "reset"  # connection cut, nothing done
    RESET_AFTER = "reset_after"  # done, then connection cut
    HANG = "hang"  # nothing done, no answer
    HANG_AFTER = "hang_after"  # done, no answer
    GLOBAL_429 = "global_429"  # too many requests, everywhere, for `seconds`
    BARE_429 = "bare_429"  # 429 without JSON and without a Via header, as Cloudflare answers
    SLOW = "slow"  # answered after `seconds`


@dataclass(slots=True)
class Rule:
    """Applies `fault` to a request for `routes` (empty: all) in `channels` (empty: all).

    The first `skip` matching requests pass, then `times` of them are hit, each with
    probability `chance`. `fired` counts the hits.
    """

    fault: Fault
    routes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    status: int = 500
    code: int = 0
    html: bool = False  # answered with a page, as Cloudflare does
    errors: dict[str, Any] | None = None  # of an invalid form
    seconds: float = 1.0
    times: int = 1
    skip: int = 0
    chance: float = 1.0
    fired: int = 0
    seen: int = field(default=0, compare=False)

    def matches(self, route: str, major: str) -> bool:
        """Whether the rule applies to this request."""
        return (not self.routes or route in self.routes) and (not self.channels or major in self.channels)

    def to_json(self) -> dict[str, Any]:
        """For the admin response."""
        return asdict(self)


class Faults:
    """The rules in force, applied in the order they were added."""

    def __init__(self, seed: int) -> None:
        self.rules: list[Rule] = []
        self._random = random.Random(seed)

    def add(self, fields: dict[str, Any]) -> Rule:
        """A rule from JSON. Raises TypeError or ValueError where a field is unknown."""
        fields = fields | {"fault": Fault(fields["fault"])}
        for key in ("routes", "channels"):
            fields[key] = tuple(str(value) for value in fields.get(key, ()))
        rule = Rule(**fields)
        self.rules.append(rule)
        return rule

    def draw(self, route: str, major: str) -> Rule | None:
        """The rule that hits this request; counts the hit."""
        for rule in self.rules:
            if rule.fired < rule.times and rule.matches(route, major):
                rule.seen += 1
                if rule.seen > rule.skip and self._random.random() < rule.chance:
                    rule.fired += 1
                    return rule
        return None
