"""The forms of signing in, registering and passwords. What is right and wrong is decided by the services."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired, Optional

from medimeet.services.doctor_applications import Application, Lists
from medimeet.services.registration import NewPerson
from medimeet.web.form_fields import ChoicesField, DayField, WholeNumberField
from medimeet.web.own_password import OwnPasswordForm


class SignInForm(FlaskForm):
    """Username or e-mail, and password."""

    username = StringField("Username or e-mail", [InputRequired("Enter your username or your e-mail.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    next = HiddenField()


class OneTimeCodeForm(FlaskForm):
    """The code of an authenticator app."""

    code = StringField("Code", [InputRequired("Enter the code.")])
    next = HiddenField()


class SetUpForm(OwnPasswordForm):
    """The own password before a second factor is set up."""

    next = HiddenField()


class BothFactorsForm(OwnPasswordForm):
    """Password and code of who is signed in."""

    code = StringField("Code", [InputRequired("Enter the code.")])


class RegisterForm(FlaskForm):
    """What the clinic needs to know of a new patient."""

    first_name = StringField("First name", [InputRequired("Enter your first name.")])
    last_name = StringField("Last name", [InputRequired("Enter your last name.")])
    email = EmailField("E-mail", [InputRequired("Enter your e-mail address.")])
    mobile = TelField("Mobile number")
    date_of_birth = DayField("Date of birth", [Optional()])
    password = PasswordField("Choose a password", [InputRequired("Choose a password.")])
    next = HiddenField()

    def person(self) -> NewPerson:
        """The answers, as the service takes them."""
        return NewPerson(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            email=self.email.data or "",
            mobile=self.mobile.data or "",
            date_of_birth=self.date_of_birth.data,
            password=self.password.data or "",
        )


class ApplicationForm(FlaskForm):
    """What a doctor tells of the profession, for somebody who has an account."""

    specialty_ids = ChoicesField("Your specialties")
    designation_ids = ChoicesField("Your rank or title")
    language_ids = ChoicesField("Languages you speak with patients")
    years_of_experience = WholeNumberField("Years of experience", [Optional()])
    about = TextAreaField("About you")

    def offer(self, lists: Lists) -> None:
        """Gives the tick boxes their choices: the clinic's own lists."""
        for field, rows in (
            (self.specialty_ids, lists.specialties),
            (self.designation_ids, lists.designations),
            (self.language_ids, lists.languages),
        ):
            field.choices = [(row.id, row.name) for row in rows]

    def application(self) -> Application:
        """The answers, as the service takes them."""
        return Application(
            specialty_ids=self.specialty_ids.data or [],
            designation_ids=self.designation_ids.data or [],
            language_ids=self.language_ids.data or [],
            years_of_experience=self.years_of_experience.data,
            about=self.about.data or "",
        )


class NewDoctorForm(ApplicationForm, RegisterForm):
    """An account and an application in one."""


class ForgotPasswordForm(FlaskForm):
    """Whose password was forgotten."""

    email = StringField("E-mail or username", [InputRequired("Enter your e-mail address or your username.")])


class NewPasswordForm(FlaskForm):
    """A password to set through a mailed link."""

    new_password = PasswordField("New password", [InputRequired("Choose a new password.")])


class ChangePasswordForm(NewPasswordForm):
    """A new password in place of the present one."""

    old_password = PasswordField("The password you have now", [InputRequired("Enter the password you have now.")])
