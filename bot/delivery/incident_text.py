"""The sentence a moderator reads about an incident. Pure."""

from collections.abc import Mapping

from bot.i18n import Catalogue, messages
from bot.store.incidents import Incident

FEED = "feed_"  # incidents of feeds are of a kind such as `feed_timeout:blog`
HELD = "feed_held"
EXPIRED = "expired "  # in the detail of a hold that nobody decided, before the number of its articles
# Kinds that have sentences of their own; what stands behind the colon is a feed's key, or a host.
NAMED = {HELD: "held", "feed_gap": "gap", "withdrawals_suspended": "withdrawals_suspended"}


def incident_sentence(incident: Incident, text: Catalogue, feed_names: Mapping[str, str]) -> str:
    """What people read of an incident; `feed_names` are the feeds' names by their keys."""
    kind, _, feed = incident.kind.partition(":")
    if feed:
        return _feed_sentence(incident, kind, feed_names.get(feed, feed), text)
    fields = {"channel": f"<#{incident.channel_id}>", "reason": reason_sentence(incident.detail, text)}
    if incident.over:
        return text("incidents.over" if incident.channel_id else "incidents.budget_over", **fields)
    return text(f"incidents.{kind}", **fields)


def reason_sentence(names: str, text: Catalogue) -> str:
    """What keeps something from working, in words; `names` are separated by commas."""
    return ", ".join(_known(f"incidents.reason.{name}", text) for name in names.split(",") if name)


def problem_sentence(kind: str, text: Catalogue) -> str:
    """What is wrong with a feed, in words, from the kind of problem that the poller recorded."""
    return _known(f"announcements.problem.{kind}", text)


def _feed_sentence(incident: Incident, kind: str, name: str, text: Catalogue) -> str:
    if kind == HELD and incident.over and incident.detail.startswith(EXPIRED):
        return text("incidents.hold_expired", feed=name, count=int(incident.detail.removeprefix(EXPIRED)))
    if kind in NAMED:
        count = int(incident.detail) if incident.detail.isdecimal() else 0
        key = f"incidents.{NAMED[kind]}{'_over' if incident.over else ''}"
        return text(key, feed=name, count=count, since=incident.detail)
    if incident.over:
        return text("incidents.feed_over", feed=name)
    return text("incidents.feed", feed=name, problem=problem_sentence(kind.removeprefix(FEED), text))


def _known(key: str, text: Catalogue) -> str:
    return text(key if key in messages(text.language) else f"{key.rpartition('.')[0]}.unknown")
