"""The sentence a moderator reads about an incident. Pure."""

from bot.i18n import Text
from bot.store.incidents import Incident

FEED = "feed_"  # incidents of feeds are of a kind such as `feed_unreachable:blog`


def incident_sentence(incident: Incident, text: Text) -> str:
    """What people read of an incident, with the exact permissions that are missing."""
    kind, _, feed = incident.kind.partition(":")
    reasons = reason_sentence(incident.detail, text)
    fields = {"channel": f"<#{incident.channel_id}>", "reason": reasons, "feed": feed, "detail": incident.detail}
    if feed:
        return text(f"incidents.{_feed_sentence(kind, over=incident.over)}", **fields, kind=kind.removeprefix(FEED))
    if incident.over:
        return text("incidents.over" if incident.channel_id else "incidents.budget_over", **fields)
    return text(f"incidents.{kind}", **fields)


def reason_sentence(names: str, text: Text) -> str:
    """What keeps something from working, in words; `names` are separated by commas."""
    return ", ".join(_reason(name, text) for name in names.split(",") if name)


def _feed_sentence(kind: str, *, over: bool) -> str:
    if kind == f"{FEED}held":
        return "held_over" if over else "held"
    return "feed_over" if over else "feed"


def _reason(name: str, text: Text) -> str:
    try:
        return text(f"incidents.reason.{name}")
    except KeyError:
        return text("incidents.reason.unknown", name=name)
