"""The days on which clocks change, and an independent reading of them: minute by minute, straight from the zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

MINUTE = timedelta(minutes=1)
LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KOLKATA = ZoneInfo("Asia/Kolkata")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [LONDON, NEW_YORK, LORD_HOWE, KOLKATA, BERLIN]
# Clocks that change at midnight, by two hours, or for Ramadan.
ODD_ZONES = [ZoneInfo(name) for name in ("Africa/Cairo", "America/Havana", "Antarctica/Troll", "Africa/Casablanca")]

bounded = settings(
    deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


@lru_cache
def change_days(zone: ZoneInfo) -> tuple[date, ...]:
    """The local days of 2021 to 2030 that do not have 24 hours."""
    days = [date(2021, 1, 1) + timedelta(days=number) for number in range(3652)]
    offsets = [datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset() for day in days]
    changed = [day for day, before, after in zip(days[1:], offsets, offsets[1:], strict=False) if before != after]
    # A change after noon belongs to the day before.
    return tuple(day if len(minutes_of(day, zone)) != 1440 else day - timedelta(days=1) for day in changed)


@lru_cache(maxsize=512)
def minutes_of(day: date, zone: ZoneInfo) -> tuple[tuple[datetime, int], ...]:
    """Every real minute of a local day with the minute that the wall clock shows."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    local = [(start + number * MINUTE).astimezone(zone) for number in range(56 * 60)]
    return tuple((at.astimezone(UTC), at.hour * 60 + at.minute) for at in local if at.date() == day)


ordinary_days = st.dates(date(2021, 1, 1), date(2030, 12, 31))


@st.composite
def zoned_days(draw: st.DrawFn, zones: list[ZoneInfo] = ZONES) -> tuple[date, ZoneInfo]:
    """A day and a zone; more often than not, the clocks change."""
    zone = draw(st.sampled_from(zones))
    changed = change_days(zone)
    return draw(st.one_of(st.sampled_from(changed), ordinary_days) if changed else ordinary_days), zone
