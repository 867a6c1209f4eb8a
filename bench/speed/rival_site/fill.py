"""Fills the rival: doctors by days by half hours from 09:00, a share booked; prints what the client needs, as JSON."""

import datetime
import json
import random
import sys

import django

django.setup()

from appointment.models import Appointment, AppointmentRequest, Service, StaffMember, WorkingHours  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402

PEOPLE = 100
HALF_HOUR = datetime.timedelta(minutes=30)


def main() -> None:
    doctors, days, share, first_day = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
    chance, day = random.Random(7), datetime.date.fromisoformat(first_day)
    with transaction.atomic():
        service = Service.objects.create(name="Consultation", duration=HALF_HOUR, price=0)
        people = [_person(f"patient{number}") for number in range(PEOPLE)]
        staff = [_doctor(service, number) for number in range(doctors)]
        orders = [
            AppointmentRequest(date=date, start_time=start, end_time=end, service=service, staff_member=doctor,
                               id_request=f"{doctor.id}-{date}-{start}")
            for doctor in staff
            for date in (day + datetime.timedelta(days=number) for number in range(days))
            for start, end in _half_hours()
            if chance.random() < share
        ]  # fmt: skip
        AppointmentRequest.objects.bulk_create(orders, batch_size=500)
        Appointment.objects.bulk_create(
            [
                Appointment(client=people[number % PEOPLE], appointment_request=order, id_request=order.id_request)
                for number, order in enumerate(orders)
            ],
            batch_size=500,
        )
    taken = [(order.staff_member_id, str(order.date), f"{order.start_time:%H:%M}") for order in orders]
    told = {"service": service.id, "doctors": [doctor.id for doctor in staff], "taken": taken}
    print(json.dumps(told | {"sessions": [_session(person) for person in people]}))


def _half_hours() -> list[tuple[datetime.time, datetime.time]]:
    nine = datetime.datetime(2000, 1, 1, 9)
    return [((nine + number * HALF_HOUR).time(), (nine + (number + 1) * HALF_HOUR).time()) for number in range(24)]


def _person(name: str):
    return get_user_model().objects.create(username=name, first_name=name, email=f"{name}@people.example", password="!")


def _doctor(service: Service, number: int) -> StaffMember:
    doctor = StaffMember.objects.create(user=_person(f"doctor{number}"), slot_duration=30)
    doctor.services_offered.add(service)
    for weekday in range(7):
        WorkingHours.objects.create(
            staff_member=doctor, day_of_week=weekday, start_time=datetime.time(9), end_time=datetime.time(21)
        )
    return doctor


def _session(person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return session.session_key


main()
