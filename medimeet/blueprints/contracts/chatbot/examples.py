"""What the documentation shows: the document's own examples, with people of the demo."""

from typing import Any

from medimeet.web.examples import Upcoming, upcoming_day, upcoming_slot

TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjbGluaWMiOjF9.c2lnbmF0dXJl"
CREDENTIALS = {"email": "riverside-patient@clinic.example", "password": "medimeet-demo"}
USER = {
    "user_id": 5,
    "email": "riverside-patient@clinic.example",
    "name": "Grace Whitfield",
    "profile_pic": None,
    "schema_name": "clinic_1",
}
RECENT = {
    "id": 3,
    "treatment__name": "Dental Cleaning",
    "doctor__users__first_name": "John",
    "doctor__users__last_name": "Doe",
    "appointment_slot_date": upcoming_day(3),
    "appointment_slot_start_time": "10:00:00",
    "appointment_slot_end_time": "10:30:00",
}
PROMPT = Upcoming(
    3,
    lambda day: (
        "Hi Grace Whitfield, you have an appointment for Dental Cleaning with Dr. John Doe. "
        f"Your appointment is scheduled from 10:00:00 to 10:30:00 on {day.isoformat()}."
    ),
)
TREATMENT = {
    "id": 1,
    "name": "Teeth Whitening",
    "description": "A procedure to brighten your smile.",
    "price": "100.00",
}
DOCTOR: dict[str, Any] = {
    "id": 1,
    "name": "Dr. John Doe",
    "email": None,
    "is_active": True,
    "profile_picture": "https://app.medcor.ai/media/profile_pics/doctor1.jpg",
    "total_year_of_experience": 8,
    "specializations": ["Root Canal", "General Dentistry"],
    "contact_number": "+1234567890",
    "gender": "Male",
}
SLOT = {
    "id": upcoming_slot(6, "11:00"),
    "doctor": "John",
    "start_time": "11:00",
    "end_time": "11:30",
    "booked": False,
}
ORDER = {
    "patient_email": "riverside-patient@clinic.example",
    "doctor_id": 1,
    "appointment_date": upcoming_day(6),
}
APPOINTMENT = {
    "id": 3,
    "reference": "ABCD-2345",
    "status": "Scheduled",
    "treatment_id": 1,
    "treatment": "Teeth Whitening",
    "doctor_id": 1,
    "doctor": "Dr. John Doe",
    "date": upcoming_day(6),
    "start_time": "11:00",
    "end_time": "11:30",
}
