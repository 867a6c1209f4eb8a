"""The forms of signing in, registering and passwords. What is right and wrong is decided by the services."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired


class SignInForm(FlaskForm):
    """Username or e-mail, and password."""

    name = StringField("Username or e-mail", [InputRequired("Enter your username or your e-mail.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    next = HiddenField()
