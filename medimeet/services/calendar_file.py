"""An appointment as an iCalendar file that calendar programs add, update and cancel by.

One appointment keeps one UID for ever; SEQUENCE grows with every move and with the cancellation.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.timezone import tzid_from_tzinfo

from medimeet import clock
from medimeet.domain.calendar_lines import line, parameter, text
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Appointment
from medimeet.services import message_texts
from medimeet.services.message_texts import one_line

_STATUSES = {AppointmentStatus.PENDING: "TENTATIVE", AppointmentStatus.CANCELED: "CANCELLED"}
_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//MediMeet//Appointments//EN\r\nCALSCALE:GREGORIAN\r\n"


def of(appointment: Appointment, method: str = "PUBLISH") -> str:
    """The .ics text for the patient, times in the clinic's zone.

    `method` is PUBLISH for a download, REQUEST to add or update by mail, CANCEL to take out again.
    Names neither the treatment nor the reason: calendars are seen by others.
    """
    event = _event(appointment, method)
    zone = _zone_name(appointment.clinic.time_zone)
    rules = _time_zone(zone, appointment.starts_at.year) if f";TZID={zone}:" in event else ""
    return f"{_HEAD}METHOD:{method}\r\n{rules}{event}END:VCALENDAR\r\n"


def _event(appointment: Appointment, method: str) -> str:
    clinic, is_off = appointment.clinic, appointment.status == AppointmentStatus.CANCELED or method == "CANCEL"
    status = "CANCELLED" if is_off else _STATUSES.get(appointment.status, "CONFIRMED")
    lines = [
        "BEGIN:VEVENT\r\n",
        _words("SUMMARY", f"{one_line(appointment.doctor.name)}, {one_line(clinic.name)}"),
        _moment("DTSTART", appointment.starts_at, appointment),
        _moment("DTEND", appointment.ends_at, appointment),
        f"DTSTAMP:{_in_utc(clock.now())}\r\n",
        f"UID:{appointment.public_id}@medimeet\r\n",
        f"SEQUENCE:{appointment.sequence}\r\n",
        *_people(appointment, method),
        "CLASS:PRIVATE\r\n",
        line("DESCRIPTION", text(message_texts.calendar_note(appointment))),
        _words("LOCATION", message_texts.place_of(appointment)),
        f"STATUS:{status}\r\n",
        f"TRANSP:{'TRANSPARENT' if is_off else 'OPAQUE'}\r\n",
        line("URL", message_texts.page_of(appointment)),
        "END:VEVENT\r\n",
    ]
    return "".join(lines)


def _people(appointment: Appointment, method: str) -> list[str]:
    """Who invites whom; a plain download (PUBLISH) invites nobody."""
    clinic, account = appointment.clinic, appointment.patient.account
    organizer = _organizer(clinic.name, message_texts.sender_of(clinic))
    if method == "PUBLISH" or not account.email:
        return [organizer]
    invited = f"ATTENDEE;CN={parameter(one_line(account.full_name))};PARTSTAT=ACCEPTED;RSVP=FALSE"
    return [organizer, line(invited, f"mailto:{one_line(account.email)}")]


# Kept, for one doctor's and one clinic's are the same in every file.
_words = lru_cache(maxsize=1024)(lambda name, words: line(name, text(words)))


@lru_cache(maxsize=256)
def _organizer(name: str, sender: str) -> str:
    return line(f"ORGANIZER;CN={parameter(one_line(name))}", f"mailto:{one_line(sender)}")


@lru_cache(maxsize=256)
def _time_zone(name: str, year: int) -> str:
    """The zone's rules around a year. Kept, for to find them out takes longer than all the rest of a booking."""
    zone = Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    return zone.to_ical().decode()


@lru_cache(maxsize=256)
def _zone_name(name: str) -> str:
    """What calendar programs call the zone; empty for UTC, which they know by itself."""
    known = tzid_from_tzinfo(ZoneInfo(name))
    return known if known and known != "UTC" else ""


def _moment(name: str, instant: datetime, appointment: Appointment) -> str:
    """The clinic's wall clock; UTC for the second pass of an hour that exists twice, which iCalendar can't name."""
    local, zone = instant.astimezone(appointment.clinic.zone), _zone_name(appointment.clinic.time_zone)
    if local.fold or not zone:
        return f"{name}:{_in_utc(instant)}\r\n"
    return f"{name};TZID={zone}:{local:%Y%m%dT%H%M%S}\r\n"


def _in_utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
