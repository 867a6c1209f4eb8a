"""Who and what the demo consists of."""

from dataclasses import dataclass, field
from datetime import date, time

from medimeet.domain.statuses import Role

PASSWORD = "medimeet-demo"


@dataclass(frozen=True, slots=True)
class Person:
    """An account of the demo; its e-mail is `<username>@clinic.example`."""

    username: str
    role: Role
    first_name: str
    last_name: str
    gender: str
    mobile: str | None = None
    date_of_birth: date | None = None
    address: str = ""
    bio: str = ""
    specialties: tuple[str, ...] = ()
    designations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()
    fee: int = 0
    years_of_experience: int | None = None
    blood_group: str = ""
    emergency_contact: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A treatment: what it is, how to prepare, minutes, price in the clinic's currency."""

    name: str
    minutes: int
    price: int
    description: str
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment so many days before (negative) or after today, moved to a weekday; `stars` where reviewed."""

    patient: str
    doctor: str
    treatment: str
    days: int
    at: time
    reason: str
    diagnosis: str = ""
    prescription: str = ""
    notes: str = ""
    stars: int = 0
    review: str = ""


@dataclass(frozen=True, slots=True)
class DemoClinic:
    """A clinic of the demo with all that belongs to it."""

    name: str
    domain: str | None
    time_zone: str
    country: str
    currency: str
    emergency_number: str
    phone: str
    email: str
    address: str
    about: str
    credits: int
    specialties: tuple[str, ...]
    designations: tuple[str, ...]
    languages: tuple[str, ...]
    services: tuple[tuple[str, str], ...]
    treatments: tuple[Offer, ...]
    people: tuple[Person, ...]
    visits: tuple[Visit, ...] = field(default=())


SUPERUSER = Person("superuser", Role.SUPERUSER, "Robin", "Ashdown", "other")

RIVERSIDE = DemoClinic(
    name="Riverside Clinic",
    domain=None,
    time_zone="Europe/London",
    country="GB",
    currency="GBP",
    emergency_number="999",
    phone="+442079460123",
    email="riverside@clinic.example",
    address="14 Mill Lane\nRichmond\nLondon TW9 1PX",
    about=(
        "A family practice by the Thames since 1987. We take time: every visit has at least half an hour, and the "
        "doctor you choose is the doctor you see. The entrance and all rooms are step-free; the 65 and 371 buses stop "
        "at the door."
    ),
    credits=200,
    specialties=("General practice", "Cardiology", "Travel medicine"),
    designations=("General practitioner", "Consultant cardiologist"),
    languages=("English", "French", "Polish"),
    services=(
        ("Blood tests", "Samples are taken here on weekdays before noon; most results come the next day."),
        ("Vaccinations", "Flu, travel and childhood vaccinations, with or without a visit to the doctor."),
        ("Home visits", "For patients who can't come to us. Call us before eleven for a visit on the same day."),
    ),
    treatments=(
        Offer(
            "General consultation",
            30,
            65,
            "See a doctor about anything that worries you, new or old.",
            "Bring the names of medicines that you take.",
        ),
        Offer(
            "Full health check",
            60,
            140,
            "An hour for heart, lungs, blood pressure, blood and your questions, with a written summary.",
            "Eat and drink nothing but water for eight hours before. Wear sleeves that roll up.",
        ),
        Offer(
            "Blood pressure check",
            30,
            35,
            "Measured three times at rest, with advice on what the numbers mean.",
            "No coffee, tea or cigarettes for half an hour before.",
        ),
        Offer(
            "Travel vaccination",
            30,
            55,
            "Advice for where you are going, and the vaccinations that you need.",
            "Bring your vaccination book and your travel dates.",
        ),
    ),
    people=(
        Person("riverside-admin", Role.ADMIN, "Helen", "Marsh", "female"),
        Person(
            "riverside-doctor",
            Role.DOCTOR,
            "Amelia",
            "Hart",
            "female",
            bio="Family doctor for all ages, with a diploma in travel medicine. Explains first, prescribes second.",
            specialties=("General practice", "Travel medicine"),
            designations=("General practitioner",),
            languages=("English", "French"),
            treatments=("General consultation", "Full health check", "Blood pressure check", "Travel vaccination"),
            fee=65,
            years_of_experience=14,
        ),
        Person(
            "riverside-doctor2",
            Role.DOCTOR,
            "Samuel",
            "Nowak",
            "male",
            bio="Looks after hearts and blood pressure, and after the people around them.",
            specialties=("Cardiology", "General practice"),
            designations=("Consultant cardiologist",),
            languages=("English", "Polish"),
            treatments=("General consultation", "Full health check", "Blood pressure check"),
            fee=95,
            years_of_experience=21,
        ),
        Person(
            "riverside-patient",
            Role.PATIENT,
            "Grace",
            "Whitfield",
            "female",
            mobile="+447400123456",
            date_of_birth=date(1984, 5, 17),
            address="3 Orchard Road, Richmond, London TW9 2HE",
            blood_group="O+",
            emergency_contact="Daniel Whitfield (husband), +44 20 7946 0188",
        ),
        Person(
            "riverside-patient2",
            Role.PATIENT,
            "Arthur",
            "Bell",
            "male",
            date_of_birth=date(1946, 11, 2),
            address="28 Kew Green, London TW9 3BH",
            blood_group="A-",
            emergency_contact="Susan Bell (daughter), +44 20 7946 0154",
        ),
    ),
    visits=(
        Visit(
            "riverside-patient",
            "riverside-doctor",
            "General consultation",
            -42,
            time(10, 0),
            "A cough that won't go away",
            diagnosis="Bronchitis after a cold; lungs clear.",
            prescription="Honey and hot drinks; paracetamol 500 mg up to four times a day for three days.",
            notes="Come back if there is fever, or the cough lasts three more weeks.",
            stars=5,
            review="Dr Hart listened, explained what it was and what to watch for. I left without a worry.",
        ),
        Visit(
            "riverside-patient",
            "riverside-doctor",
            "Blood pressure check",
            -14,
            time(11, 30),
            "Yearly check",
            diagnosis="Blood pressure 124/79 at rest: normal.",
            notes="Next check in a year.",
        ),
        Visit(
            "riverside-patient",
            "riverside-doctor",
            "Full health check",
            5,
            time(10, 0),
            "Health check before a long journey",
        ),
        Visit(
            "riverside-patient2",
            "riverside-doctor2",
            "Full health check",
            -21,
            time(9, 0),
            "Short of breath on the stairs",
            diagnosis="Mild hypertension, 148/92; heart sounds normal.",
            prescription="Amlodipine 5 mg once a day.",
            notes="Check of blood pressure in six weeks.",
            stars=4,
            review="Thorough and kind. A chair nearer the door would help older people.",
        ),
    ),
)

HILLSIDE = DemoClinic(
    name="Hillside Dental",
    domain="hillside.localhost",
    time_zone="Asia/Kolkata",
    country="IN",
    currency="INR",
    emergency_number="112",
    phone="+918047110200",
    email="hillside@clinic.example",
    address="27 Langford Road\nRichmond Town\nBengaluru 560025",
    about=(
        "Dentistry for the whole family, near Richmond Circle. We tell you the price before we begin, show you what we "
        "see, and stop whenever you raise a hand. Parking in the courtyard."
    ),
    credits=10,
    specialties=("General dentistry", "Endodontics"),
    designations=("Dental surgeon", "Endodontist"),
    languages=("English", "Hindi", "Kannada"),
    services=(
        ("X-ray", "Digital pictures of one tooth or the whole jaw, in five minutes."),
        ("Emergency hour", "Pain is seen the same day, on weekdays from nine to ten."),
    ),
    treatments=(
        Offer(
            "Dental check-up",
            30,
            800,
            "Every tooth looked at, and a plan with prices if anything needs doing.",
            "Brush your teeth before you come.",
        ),
        Offer(
            "Root canal treatment",
            60,
            6500,
            "Saves a tooth whose nerve is inflamed. You feel pressure, but no pain.",
            "Eat a light meal before. Do not drive home if you were given a sedative.",
        ),
        Offer("Scaling and polishing", 30, 1500, "Removes tartar and stains, above and below the gum line."),
    ),
    people=(
        Person("hillside-admin", Role.ADMIN, "Meera", "Iyer", "female"),
        Person(
            "hillside-doctor",
            Role.DOCTOR,
            "Ananya",
            "Rao",
            "female",
            bio="Dental surgeon who likes to save teeth rather than pull them. Good with anxious patients.",
            specialties=("General dentistry", "Endodontics"),
            designations=("Dental surgeon", "Endodontist"),
            languages=("English", "Hindi", "Kannada"),
            treatments=("Dental check-up", "Root canal treatment", "Scaling and polishing"),
            fee=800,
            years_of_experience=11,
        ),
        Person(
            "hillside-patient",
            Role.PATIENT,
            "Vikram",
            "Desai",
            "male",
            mobile="+918123456789",
            date_of_birth=date(1991, 3, 8),
            address="12 Museum Road, Bengaluru 560001",
            blood_group="B+",
            emergency_contact="Kavya Desai (wife), +91 80 4711 0233",
        ),
    ),
    visits=(
        Visit(
            "hillside-patient",
            "hillside-doctor",
            "Dental check-up",
            -10,
            time(15, 30),
            "Cold water hurts, lower left",
            diagnosis="Worn enamel on two teeth; no cavity.",
            prescription="Toothpaste for sensitive teeth, twice a day.",
            stars=5,
            review="On time, no pain, and the price was what I was told.",
        ),
    ),
)

CLINICS = (RIVERSIDE, HILLSIDE)
