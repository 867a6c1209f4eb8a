"""How old somebody is."""

from datetime import date


def age_on(day_of_birth: date | None, day: date) -> int | None:
    """Whole years of age on `day`; None where the day of birth is not known. Born on 29 February: older on 1 March."""
    if day_of_birth is None:
        return None
    had_birthday = (day.month, day.day) >= (day_of_birth.month, day_of_birth.day)
    return day.year - day_of_birth.year - (0 if had_birthday else 1)
