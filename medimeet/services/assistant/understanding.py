"""What typed or spoken words ask for: a small reader of key words that does not guess."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from medimeet.domain.spelling import is_alike, plain, respelled

_VISIT = r"(appointments?|visits?|bookings?|consultations?|check ?ups?)"
# The first that fits counts.
_INTENTS = [
    (name, re.compile(pattern))
    for name, pattern in (
        ("sign_out", r"\b(sign|log) ?(me )?(out|off)\b"),
        ("about", r"\b(are|r) (you|u) (an? )?(\w+ )?(ai|robot|bot|human|person|real|machine|program|computer)\b"),
        ("about", r"\bwho (are|is) (you|this)\b|\bwhat are you\b|\bchat ?gpt\b|\blanguage model\b"),
        ("records", r"\b(test|blood|lab|scan|x ?ray) results?\b|\bmy results?\b|\bprescri(be|ption)\w*"),
        ("records", r"\b(medical|my|health) (records?|history)\b|\b(sick|fit) note\b|\breferral\b"),
        ("records", r"\bwhat (did|has|have) (i|my|the|dr) (\w+ )?(write|wrote|written|say|said|note|noted)\b"),
        ("records", r"\b(draft|write|my|medical|doctor s) (an? |the )?(medical )?notes?\b|\bdraft\b"),
        ("records", r"\binsurance\b|\binvoice\b|\brefund\b"),
        ("next", r"\bwho (is|s) next\b|\bnext patient\b"),
        ("day", r"\bmy (day|week|schedule|patients|agenda|diary|calendar|list)\b"),
        ("day", r"\b(who|which patients?) (is|are|do i (have|see))\b|\b(first|last) patient\b"),
        ("day", r"\bhow many (patients|visits|appointments)\b"),
        ("cancel", r"\bcancel|\bcall (it )?off\b|\bcan ?(t|not) (come|make (it|my))\b"),
        ("cancel", rf"\bdon ?t need (my|the|that) {_VISIT}"),
        ("move", r"\bmove\b|\bmoving\b|\bre ?schedul|\bre ?book\b|\bpostpone"),
        ("move", r"\bput (it )?(off|back)\b"),
        ("move", rf"\b(change|switch|bring forward) (my|the|our|that|an?) (\w+ )?({_VISIT}|time|date)"),
        ("move", r"\b(earlier|later|another|different) (time|date|day) for my\b"),
        ("next", rf"\b(my|the) next {_VISIT}|\bnext {_VISIT}( is)?$|\bwhen (is|was) (my|the next)\b"),
        ("next", r"\bwhen do i (come|have)\b"),
        ("visits", rf"\bmy (upcoming |coming |other |booked )?{_VISIT}|\bam i booked\b"),
        ("visits", rf"\bdo i have (an |any )?(\w+ )?{_VISIT}|\bwhat have i booked\b|\bupcoming {_VISIT}"),
        ("phone", r"\b(phone|telephone|ring|contact|e ?mail)\b"),
        ("phone", r"\b(call|reach) (you|the clinic|us|them|reception)\b|\bspeak (to|with)\b"),
        ("phone", r"\btalk to\b|\bhuman\b|\breal person\b|\bstaff\b|\breception\w*"),
        ("address", r"\baddress\b|\bwhere (are|is) (you|the clinic|it)\b|\bdirections?\b"),
        ("address", r"\b(find|reach|get to) (you|the clinic)\b|\blocat(ed|ion)\b|\bparking\b"),
        ("address", r"\bget there\b|^where$"),
        ("doctors", r"^who (does|do|gives?|performs?|can (do|give))\b(?! (i|you)\b)"),
        ("opening", r"\bopen(ing|s)?\b|\bhours\b|\bclos(e|es|ed|ing)\b"),
        ("treatments", r"\bprices?\b|\bpric(ing|ed)\b|\bcosts?\b|\bhow (much|expensive|long)\b|\bfees?\b"),
        ("treatments", r"\bcharges?\b|\btreatments\b|\bservices?\b|\bwhat do you (offer|do)\b"),
        ("treatments", r"\boffer(ed|s)?\b|\bpay\b"),
        ("who_speaks", r"\b(who|doctors?|dentists?|anyone|anybody|someone|somebody) (\w+ )?(speaks?|speaking)\b"),
        ("who_speaks", r"\bspeaks?\b|\bspecial(ist|ty|ities|ises?|izes?)\w*"),
        ("book", r"\bbook|\breserve\b|\bsee (an?|the|my|some) ?(doctor|dentist|body|one)?"),
        ("book", r"\b(need|want) (an? |the |my )(doctor|dentist|gp)\b(?! who\b)"),
        ("book", rf"\b(free|available|open) (time|slot|{_VISIT})s?\b|\bwhen can i\b|\bslots?\b"),
        ("book", rf"\btimes\b|\bavailab|\b(an?|need|want|make|get|have|new|another) {_VISIT}\b"),
        ("book", r"\bappointments?\b|\bcome in\b|\bcan i come\b|\bfit me in\b|\bfree\b"),
        ("doctors", r"\b(doctors?|dentists?|physicians?|gps?|specialists?)\b|\bwho works\b"),
        ("doctors", r"\bwho do you have\b|\bspeaks?\b"),
        ("more", r"^(more|others?|next|show more|go on|what else|anything else)( please| ones?| choices)?$"),
        ("help", r"\bhelp\b|\bmenu\b|\b(hello|hi|hey|hiya)\b"),
        ("help", r"\bgood (morning|afternoon|evening|day)\b|\bwhat can (you|i)\b"),
        ("help", r"^(start|restart|back)( over| again)?$|^start (over|again)\b"),
        ("thanks", r"\bthank|\bthanx\b|\bcheers\b|\b(good)? ?bye\b"),
    )
]
_SYMPTOM = re.compile(
    r"\b(pains?|painful|hurts?|hurting|ach(e|es|ing)|\w+ache|sore|fever\w*|temperature|cough\w*|rash\w*|itch\w*|sick|ill|"
    r"unwell|dizzy|dizziness|nausea|vomit\w*|diarrh?oea|swollen|swelling|lump|infect\w*|migraine|tired|flu|a cold|"
    r"symptoms?|diagnos\w*|what is wrong|wrong with me|blister\w*|cramps?|burning|numb|stomach|depressed|anxious|sad|"
    r"lonely)\b"
)
_OWN_HOURS = re.compile(
    r"\bblock\b|\b(holidays?|vacation|days? off|time off|leave)\b|\b(my|our) (working )?hours\b|"
    r"\b(add|open|close|change|remove|delete) (an?|the|some|my) (\w+ )?(slots?|times?|hours)\b"
)
_YES = re.compile(
    r"^(yes|yeah|yep|yup|ok|okay|sure|please|fine|correct|right|confirm|do it|book it|go ahead|perfect|great|"
    r"sounds good|that s (fine|right|good))"
    r"( (please|thanks|thank you|do|do it|book it|it|that|confirm|go ahead|cancel it|move it))*$"
)
_NO = re.compile(
    r"^(no|nope|nah|stop|never ?mind|forget (it|that)|don t|not now|abort|nothing|leave it|none|"
    r"(i )?(don t|do not) want (it|that|this)( any ?more)?)"
    r"( (thanks|thank you|please|of (them|these)|that s (it|all)|don t|do that|do it|it|now))*$"
)
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_FIGURES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "won": 1, "to": 2, "too": 2, "for": 4}
_NUMBER = re.compile(
    r"^(?:(?:i|i ll|i d|would|like|want|take|have|choose|pick|say|the|number|no|option|choice|please|let s) )*"
    r"(?P<number>\d{1,2}|one|two|three|four|five|won|to|too|for|first|second|third|fourth|fifth|last)"
    r"(?: (?:one|please|thanks|option|choice|is fine|would be (?:good|fine)|then))*$"
)
_ANY = re.compile(
    r"\b(any|either|whichever|whoever)( of (them|these)| doctor| one| dentist)?$|\bany(one|body)\b|"
    r"\bany (doctor|dentist)\b|\b(no preference|don ?t (mind|care)|(doesn ?t|does not) matter|not important)\b"
)
_LONGEST = 400
_SPELLED = (
    "appointment",
    "appointments",
    "treatment",
    "treatments",
    "cancel",
    "doctor",
    "doctors",
    "opening",
    "address",
)
_LITTLE = frozenset(
    {"a", "an", "the", "with", "for", "and", "of", "in", "on", "at", "to", "my", "me", "i", "dr", "doctor", "please"}
    | {"want", "need", "like", "would", "book"}
)


def plainly(text: str) -> str:
    """The words, comparable, with the slips in the most usual ones mended."""
    return respelled(plain(text[:_LONGEST]), _SPELLED)


def intent_of(words: str) -> str:
    """What plain words ask for: the name of an intent, "" where they are not understood."""
    if _YES.match(words):
        return "yes"
    if _NO.match(words):
        return "no"
    return next((name for name, pattern in _INTENTS if pattern.search(words)), "")


def tells_symptom(words: str) -> bool:
    """Whether somebody tells how they feel."""
    return _SYMPTOM.search(words) is not None


def tells_of_own_hours(words: str) -> bool:
    """Whether a doctor speaks of the own working hours or days off."""
    return _OWN_HOURS.search(words) is not None


def wants_any(words: str) -> bool:
    """Whether any doctor will do."""
    return _ANY.search(words) is not None


def number_in(words: str, count: int) -> int | None:
    """The number of a choice, from 1 to `count`, that plain words name: "2", "the second one", "last"."""
    found = _NUMBER.match(words)
    if found is None:
        return None
    said = found["number"]
    number = (
        count if said == "last" else _PLACES.get(said) or _FIGURES.get(said) or (int(said) if said.isdigit() else 0)
    )
    return number if 1 <= number <= count else None


def named(words: str, names: Mapping[int, str]) -> int | None:
    """The id of the one name that the words tell best, with a slip or in part; None where two tell as well."""
    said = [word for word in words.split() if word not in _LITTLE]
    best = sorted(((_share(said, plain(name)), id_) for id_, name in names.items()), reverse=True)
    if not best or best[0][0] < 0.5 or (len(best) > 1 and best[1][0] == best[0][0]):
        return None
    return best[0][1]


def doctor_named(words: str, names: Mapping[int, str]) -> int | None:
    """The id of the doctor whose surname, or first name after "doctor" or in a short answer, the words tell."""
    said = words.split()
    called = re.findall(r"\b(?:with )?(?:dr|doctor|with) (\w+)", words) + (said if len(said) <= 3 else [])
    parts = {id_: plain(name).removeprefix("dr ").split() for id_, name in names.items()}
    for fits in (
        lambda own: own[-1] in said and (len(own) < 2 or own[0] in said),
        lambda own: own[-1] in said,
        lambda own: any(_sounds_like(word, own[-1], shortest=4) for word in called),
        lambda own: any(_sounds_like(word, own[0]) for word in called),
        lambda own: any(is_alike(word, own[-1]) for word in said),
    ):
        found = [id_ for id_, own in parts.items() if own and fits(own)]
        if len(found) == 1:
            return found[0]
        if found:
            return None
    return None


def mentions(words: str, name: str) -> bool:
    """Whether every word of the name is among the words, perhaps with a slip."""
    said = words.split()
    own = plain(name).split()
    return bool(own) and all(any(_sounds_like(word, part) for word in said) for part in own)


def _share(said: list[str], name: str) -> float:
    """How much of a name is told, from 0 to 1."""
    if name.replace(" ", "") in "".join(said):
        return 1.0
    parts = [part for part in name.split() if part not in _LITTLE]
    told = sum(len(part) for part in parts if any(_sounds_like(word, part) for word in said))
    return told / max(1, sum(len(part) for part in parts))


def _sounds_like(word: str, part: str, *, shortest: int = 5) -> bool:
    if is_alike(word, part):
        return True
    return min(len(word), len(part)) >= shortest and SequenceMatcher(None, word, part).ratio() >= 0.8
