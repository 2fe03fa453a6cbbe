"""The sentences that moderators read about incidents. Pure."""

from collections.abc import Mapping, Sequence

from bot.i18n import Catalogue, messages
from bot.store.incidents import Incident

FEED = "feed_"  # incidents of feeds are of a kind such as `feed_timeout:blog`
HELD = "feed_held"
EXPIRED = "expired "  # in the detail of a hold that nobody decided, before the number of its articles
# Kinds that have sentences of their own; what follows the colon is a feed's key, or a host.
NAMED = {HELD: "held", "feed_gap": "gap", "withdrawals_suspended": "withdrawals_suspended"}
MAX_CHANNELS = 10  # named in one sentence
BOT_WIDE = ("invalid_budget", "token_refused", "quarantined")


def incident_sentence(incidents: Sequence[Incident], text: Catalogue, feed_names: Mapping[str, str]) -> str:
    """The sentence for incidents of one kind and cause; `feed_names` are the feeds' names by key."""
    incident = incidents[0]
    kind, _, feed = incident.kind.partition(":")
    if feed:
        return _feed_sentence(incident, kind, feed_names.get(feed, feed), text)
    channels = ", ".join(f"<#{one.channel_id}>" for one in incidents[:MAX_CHANNELS])
    if (rest := len(incidents) - MAX_CHANNELS) > 0:
        channels = text("incidents.and_more_channels", channels=channels, count=rest)
    fields = {
        "channel": channels,
        "reason": reason_sentence(incident.detail, text),
        "detail": incident.detail,
        "count": len(incidents),
    }
    if not incident.over or incident.is_notice:
        return text(f"incidents.{kind}", **fields)
    return text("incidents.budget_over" if kind in BOT_WIDE else "incidents.over", **fields)


def reason_sentence(problems: str, text: Catalogue) -> str:
    """The reasons why something does not work, as words; `problems` are separated by commas."""
    reasons = [name for name in problems.split(",") if name]
    if len(reasons) > 1 and all(f"announcements.permission.{name}" in messages(text.language) for name in reasons):
        names = {name: f"**{text(f'announcements.permission.{name}')}**" for name in (*reasons, "post_in_forum")}
        if "send_messages" in names:
            forum = text("incidents.reason.forum", permission=names["send_messages"], post=names["post_in_forum"])
            names["send_messages"] = forum
        return text("incidents.reason.permissions", permissions=", ".join(names[name] for name in reasons))
    outages = {name for name in reasons if name.startswith("http_") or name.endswith("Error")}
    return ", ".join(_known(f"incidents.reason.{'outage' if name in outages else name}", text) for name in reasons)


def problem_sentence(kind: str, text: Catalogue) -> str:
    """The problem of a feed in words, from the kind of problem that the poller recorded."""
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
