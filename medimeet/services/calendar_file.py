"""An appointment as an iCalendar file that calendar programs add, update and cancel by.

One appointment keeps one UID for ever; SEQUENCE grows with every move and with the cancellation.
"""

from datetime import date, datetime
from functools import lru_cache

from icalendar import Calendar, Event, Timezone, vCalAddress

from medimeet import clock
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Appointment
from medimeet.services import message_texts

_EVENT = "BEGIN:VEVENT"  # the zones stand before it
_STATUSES = {AppointmentStatus.PENDING: "TENTATIVE", AppointmentStatus.CANCELED: "CANCELLED"}


def of(appointment: Appointment, method: str = "PUBLISH") -> str:
    """The .ics text for the patient, times in the clinic's zone.

    `method` is PUBLISH for a download, REQUEST to add or update by mail, CANCEL to take out again.
    Names neither the treatment nor the reason: calendars are seen by others.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//MediMeet//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_event(appointment, method))
    zones = [_time_zone(name, appointment.starts_at.year) for name in sorted(calendar.get_missing_tzids())]
    return calendar.to_ical().decode().replace(_EVENT, "".join(zones) + _EVENT, 1)


def _event(appointment: Appointment, method: str) -> Event:
    clinic, is_off = appointment.clinic, appointment.status == AppointmentStatus.CANCELED or method == "CANCEL"
    event = Event()
    event.add("uid", f"{appointment.public_id}@medimeet")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", clock.now())
    event.add("dtstart", _local(appointment.starts_at, appointment))
    event.add("dtend", _local(appointment.ends_at, appointment))
    event.add("summary", f"{appointment.doctor.name}, {message_texts.one_line(clinic.name)}")
    event.add("location", message_texts.place_of(appointment))
    event.add("description", message_texts.calendar_note(appointment))
    event.add("url", message_texts.page_of(appointment))
    event.add("status", "CANCELLED" if is_off else _STATUSES.get(appointment.status, "CONFIRMED"))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if is_off else "OPAQUE")
    _add_people(event, appointment, method)
    return event


def _add_people(event: Event, appointment: Appointment, method: str) -> None:
    """Who invites whom; a plain download (PUBLISH) invites nobody."""
    organizer = vCalAddress(f"mailto:{message_texts.sender_of(appointment.clinic)}")
    organizer.params["CN"] = message_texts.one_line(appointment.clinic.name)
    event.add("organizer", organizer)
    account = appointment.patient.account
    if method == "PUBLISH" or not account.email:
        return
    attendee = vCalAddress(f"mailto:{account.email}")
    attendee.params["CN"] = message_texts.one_line(account.full_name)
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    event.add("attendee", attendee)


@lru_cache(maxsize=256)
def _time_zone(name: str, year: int) -> str:
    """The zone's rules around a year. Kept, for to find them out takes longer than all the rest of a booking."""
    zone = Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    return zone.to_ical().decode()


def _local(instant: datetime, appointment: Appointment) -> datetime:
    """The clinic's wall clock; UTC for the second pass of an hour that exists twice, which iCalendar can't name."""
    local = instant.astimezone(appointment.clinic.zone)
    return instant if local.fold else local
