"""A schedule in words. Pure."""

from bot.i18n import Catalogue
from bot.layouts.components import MAX_LABEL
from bot.layouts.markdown import plain
from bot.models import Rhythm, Schedule

ZONES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Chicago",
    "America/New_York", "America/Halifax", "America/Sao_Paulo", "UTC", "Europe/London", "Europe/Berlin",
    "Africa/Lagos", "Africa/Johannesburg", "Europe/Athens", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi",
    "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Seoul", "Asia/Tokyo", "Australia/Sydney",
    "Pacific/Auckland",
)  # fmt: skip


def describe_schedule(schedule: Schedule, text: Catalogue) -> str:
    """The schedule in a few words; empty for a channel that gets everything at once."""
    zone = zone_name(schedule.time_zone, text)
    pieces: list[str] = []
    if schedule.rhythm is not Rhythm.AT_ONCE:
        weekday = text(f"schedule.weekday.{schedule.weekday}")
        key = f"schedule.describe.{schedule.rhythm.value}"
        pieces.append(text(key, weekday=weekday, hour=hour_text(schedule.hour), zone=zone))
    if schedule.quiet_from is not None and schedule.quiet_until is not None:
        start, end = hour_text(schedule.quiet_from), hour_text(schedule.quiet_until)
        pieces.append(text("schedule.describe.quiet", start=start, end=end, zone=zone))
    return " · ".join(pieces)


def zone_name(zone: str, text: Catalogue) -> str:
    """A time zone by the city people know; its own name where we have none."""
    return text(f"schedule.zones.{zone}") if zone in ZONES else plain(zone, MAX_LABEL)


def hour_text(hour: int) -> str:
    """An hour of the day as people write it."""
    return f"{hour:02}:00"
