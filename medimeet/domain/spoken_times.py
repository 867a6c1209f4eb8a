"""Days and times as people say them: "tomorrow after 4pm", "Tuesday at half past ten", "24/11", "in two weeks".

Read on the clinic's calendar, with the day that it is there. A bare hour from 1 to 6 is in the afternoon.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta

from medimeet.domain.spelling import is_alike

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_TO_TWENTY = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_NUMBERS = {word: str(number) for number, word in enumerate(_TO_TWENTY, 1)} | {"thirty": "30", "forty": "40"}
_ORDINALS = {
    **{word: f"{number} th" for number, word in enumerate(("third", "fourth", "fifth"), 3)},
    **{f"{word}th": f"{number} th" for number, word in enumerate(_TO_TWENTY, 1) if number > 5},
    "eighth": "8 th",
    "ninth": "9 th",
    "twelfth": "12 th",
    "twentieth": "20 th",
    "thirtieth": "30 th",
}
_PARTS = {
    "morning": (0, 719),
    "lunchtime": (720, 839),
    "afternoon": (720, 1019),
    "evening": (1020, 1439),
    "tonight": (1020, 1439),
}
_MONTH = r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december)"
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d)| (?P<spoken>15|30|45|20|40|50|10))?"
    r"(?: ?(?P<half>am|pm|a m|p m)\b)?"
)
_PAST_OR_TO = re.compile(
    r"\b(?P<side>half past|half|quarter past|quarter to|(?:5|10|20|25) past|(?:20|25) to) "  # "10 to 12" is a span
    r"(?P<hour>1[0-2]|[1-9])(?: ?(?P<half>am|pm))?\b"
)
_DURATION = re.compile(r"\b(?:for )?\d+ ?(?:minutes?|mins?|hours?|pounds?|years? old)\b")


@dataclass(frozen=True, slots=True)
class SpokenTime:
    """What was said of when: days and minutes of the day, all of them included; None where nothing was said.

    `minute` is one very time, `is_first` asks for the soonest; `no_such_day` is a day that no calendar has.
    """

    first_day: date | None = None
    last_day: date | None = None
    earliest: int | None = None
    latest: int | None = None
    minute: int | None = None
    is_first: bool = False
    no_such_day: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said of when."""
        return self == SpokenTime()


def read(text: str, today: date) -> SpokenTime:
    """The days and times in the text."""
    words = _prepared(text)
    days, words = _days_in(words, today)
    return replace(
        _time_in(words, days),
        is_first=bool(
            re.search(r"\b(first|soonest|earliest|asap|as soon as|next (free|available)|any ?time)\b", words)
        ),
    )


def _prepared(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.lower()[:500])
    text = re.sub(r"\bo.?clock\b", "oclock", "".join(each for each in text if not unicodedata.combining(each)))
    text = re.sub(r"[^\w:./-]+|_", " ", text)
    text = re.sub(r"\b(\d+)(?:st|nd|rd|th)\b", r"\1 th", text)
    words = [_word(word.strip(".-/:")) for word in text.split()]
    joined = " ".join(word for word in words if word)
    joined = re.sub(r"\b(20|30) ([1-9])( th)?\b(?! ?[ap]m)", lambda f: f"{int(f[1]) + int(f[2])}{f[3] or ''}", joined)
    return _DURATION.sub(" ", re.sub(r"\b(\d\d?) ?oclock\b", r"\1:00", joined))


def _word(word: str) -> str:
    if word in _NUMBERS:
        return _NUMBERS[word]
    if word in _ORDINALS:
        return _ORDINALS[word]
    if word[-2:] == "'s" or word.endswith("days"):
        word = word.removesuffix("'s").removesuffix("s")
    for names, shortest in ((WEEKDAYS, 3), (_MONTHS, 3)):
        for name in names:
            is_short = len(word) >= shortest and len(word) <= 5 and name.startswith(word) and word != "mar"
            if is_short or (len(name) > 5 and is_alike(word, name)):
                return name
    return {"tomorow": "tomorrow", "tommorow": "tomorrow", "tommorrow": "tomorrow", "midday": "noon"}.get(word, word)


def _days_in(words: str, today: date) -> tuple[SpokenTime, str]:
    """The days that are named, and the words without them."""
    for pattern, meaning in _DAYS:
        found = pattern.search(words)
        if found is not None:
            try:
                days = meaning(found, today)
            except (ValueError, OverflowError):
                days = SpokenTime(no_such_day=found[0].strip())
            return days, f"{words[: found.start()]} {words[found.end() :]}"
    return SpokenTime(), words


def _one(day: date) -> SpokenTime:
    return SpokenTime(first_day=day, last_day=day)


def _iso(found: re.Match[str], _today: date) -> SpokenTime:
    return _one(date(int(found[1]), int(found[2]), int(found[3])))


def _in_figures(found: re.Match[str], today: date) -> SpokenTime:
    day, month = int(found[1]), int(found[2])
    if month > 12 >= day:
        day, month = month, day
    return _one(_coming(day, month, found[3], today))


def _of_month(found: re.Match[str], today: date) -> SpokenTime:
    month = _MONTHS.index(found["month"]) + 1
    return _one(_coming(int(found["day"]), month, found["year"], today))


def _coming(day: int, month: int, year: str | None, today: date) -> date:
    """The date; where no year was said, the next one that is not over."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    leap = next(each for each in range(today.year, today.year + 9) if each % 4 == 0) if (day, month) == (29, 2) else 0
    this = date(leap or today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _day_of_month(found: re.Match[str], today: date) -> SpokenTime:
    day, month = int(found[1]), today.replace(day=1)
    if not 1 <= day <= 31:
        raise ValueError
    for _ in range(3):
        try:
            if month.replace(day=day) >= today:
                return _one(month.replace(day=day))
        except ValueError:
            pass
        month = (month + timedelta(days=32)).replace(day=1)
    raise ValueError


def _weekday(found: re.Match[str], today: date) -> SpokenTime:
    number = WEEKDAYS.index(found["weekday"])
    if found["which"] == "next":
        return _one(_monday(today) + timedelta(days=7 + number))
    return _one(today + timedelta(days=(number - today.weekday()) % 7))


def _weekday_of_week(found: re.Match[str], today: date) -> SpokenTime:
    """The very day of "Tuesday next week" or "in two weeks on Monday"."""
    count = found["count"] or found["count_after"]
    weeks = 1 if count is None else {"a": 1, "couple of": 2, "a couple of": 2}.get(count) or int(count)
    number = WEEKDAYS.index(found["weekday"] or found["weekday_after"])
    return _one(_monday(today) + timedelta(days=7 * weeks + number))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(found: re.Match[str], today: date) -> SpokenTime:
    sunday = _monday(today) + timedelta(days=6)
    if found[1] == "next":
        return SpokenTime(sunday + timedelta(days=1), sunday + timedelta(days=7))
    return SpokenTime(today, sunday)


def _weekend(found: re.Match[str], today: date) -> SpokenTime:
    saturday = _monday(today) + timedelta(days=5 + (7 if found[1] == "next" else 0))
    return SpokenTime(max(saturday, today), saturday + timedelta(days=1))


def _month(found: re.Match[str], today: date) -> SpokenTime:
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return SpokenTime(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def _after(found: re.Match[str], today: date) -> SpokenTime:
    count = int(found[1]) if found[1].isdigit() else {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}[found[1]]
    length = {"day": 1, "week": 7, "fortnight": 14, "month": 30}[found[2]]
    first = today + timedelta(days=count * length)
    return SpokenTime(first, first if length == 1 else first + timedelta(days=6))


_YEAR = r"(?: (?P<year>20\d\d))?"
_WHICH = rf"(?:(?P<which>next|this|coming) )?(?P<weekday>{'|'.join(WEEKDAYS)})\b"
_WEEKS = r"(?:next week|in (?P<count{0}>\d{{1,2}}|a|(?:a )?couple of) weeks?)"
_DAY = rf"(?P<weekday{{0}}>{'|'.join(WEEKDAYS)})"
_DAY_OF_WEEK = (
    rf"\b(?:{_DAY.format('')} {_WEEKS.format('')}|{_WEEKS.format('_after')}(?: on)? {_DAY.format('_after')})\b"
)
# The first that is found counts.
_DAYS = [
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"\b(20\d\d)-(\d\d?)-(\d\d?)\b", _iso),
        (r"\b(\d\d?)[/-](\d\d?)(?:[/-](20\d\d|\d\d))?\b", _in_figures),
        (r"\b(\d\d?)\.(\d\d?)\.(20\d\d|\d\d)\b", _in_figures),
        (rf"\b(?P<day>\d\d?)(?: th)?(?: of)? {_MONTH}\b{_YEAR}", _of_month),
        (rf"\b{_MONTH} (?:the )?(?P<day>\d\d?)(?: th)?\b(?![:.]){_YEAR}", _of_month),
        (r"\bday after tomorrow\b", lambda _found, today: _one(today + timedelta(days=2))),
        (r"\btomorrow\b", lambda _found, today: _one(today + timedelta(days=1))),
        (r"\byesterday\b|\blast (week|month|\w+day)\b", lambda _found, today: _one(today - timedelta(days=1))),
        (r"\btoday\b|\bthis (?=morning|afternoon|evening)|(?=\btonight\b)", lambda _found, today: _one(today)),
        (_DAY_OF_WEEK, _weekday_of_week),
        (r"\bin (\d{1,3}|an?|(?:a )?couple of) (day|week|fortnight|month)s?\b", _after),
        (_WHICH, _weekday),
        (r"\b(next|this) weekend\b", _weekend),
        (r"\b(next|this|my) week\b", _week),
        (r"\b(next) month\b", _month),
        (r"\b(?:the )?(\d\d?) th\b", _day_of_month),
    )
]


def _time_in(words: str, days: SpokenTime) -> SpokenTime:
    """`days` with the times of day in the words."""
    between = re.search(rf"\bbetween {_CLOCK} and (?P<until>.+)", words)
    if between is not None:
        until = re.match(_CLOCK, between["until"])
        if until is not None:
            return replace(days, earliest=_minute(between), latest=_minute(until))
    for part, (earliest, latest) in _PARTS.items():
        if re.search(rf"\b{part}\b", words):
            days = replace(days, earliest=earliest, latest=latest)
            break
    words = re.sub(r"\bnoon\b", "12:00", words)
    limit = re.search(rf"\b(?P<side>after|from|not before|before|until|till|by) {_CLOCK}\b", words)
    if limit is not None:
        side = "earliest" if limit["side"] in {"after", "from", "not before"} else "latest"
        return replace(days, **{side: _minute(limit)})  # type: ignore[arg-type]
    return replace(days, minute=_exact(words))


def _exact(words: str) -> int | None:
    half = _PAST_OR_TO.search(words)
    if half is not None:
        count, _, way = half["side"].partition(" ")
        minutes = int(count) if count.isdigit() else {"half": 30, "quarter": 15}[count]
        offset = -minutes if way == "to" else minutes
        return (_hour(int(half["hour"]), half["half"], is_bare=True) * 60 + offset) % 1440
    for pattern in (rf"\b(?:at|around|about|say) {_CLOCK}\b", rf"\b{_CLOCK}\b"):
        for found in re.finditer(pattern, words):
            if pattern.startswith(r"\b(?:at") or found["minute"] or found["half"] or found["spoken"]:
                return _minute(found)
    return None


def _minute(found: re.Match[str]) -> int:
    hour = _hour(int(found["hour"]), found["half"], is_bare=not found["hour"].startswith("0"))
    return hour * 60 + int(found["minute"] or found["spoken"] or 0)


def _hour(hour: int, half: str | None, *, is_bare: bool) -> int:
    if half:
        return hour % 12 + (12 if half[0] == "p" else 0)
    return hour + 12 if is_bare and 1 <= hour <= 6 else hour
