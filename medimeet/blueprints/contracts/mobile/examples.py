"""What the documentation shows: the document's own examples, with people of the demo."""

from typing import Any

from medimeet.web.examples import upcoming_instant, upcoming_slot_uuid

USER: dict[str, Any] = {
    "id": "5468066d-cc9b-4f75-b38b-690a8aa39046",
    "name": "Shivam Kanodia",
    "age": 28,
    "gender": "Male",
    "mobile_number": "07400 123456",
    "photo_url": None,
    "is_verified": True,
    "created_at": "2025-01-29T03:12:46.156620Z",
}
DOCTOR: dict[str, Any] = {
    "id": "e6904247-e829-4dea-a327-db8d6aa89922",
    "name": "Ashutosh Trivedi",
    "specialization": "General Physician",
    "age": 53,
    "gender": "Male",
    "mobile_number": "9876543210",
    "photo_url": "",
    "is_verified": True,
    "created_at": "2025-01-29T03:17:36.627180Z",
}
SLOT: dict[str, Any] = {
    "id": upcoming_slot_uuid(6, "11:00"),
    "start_time": upcoming_instant(6, "11:00"),
    "end_time": upcoming_instant(6, "11:30"),
}
APPOINTMENT: dict[str, Any] = {
    "id": "0b6f2b44-3a8e-4f0e-9a53-6a3ff4a5f6b1",
    "slot": SLOT,
    "doctor": {name: DOCTOR[name] for name in ("id", "name", "specialization")},
    "status": "scheduled",
    "created_at": "2025-01-29T03:20:11.204512Z",
}
