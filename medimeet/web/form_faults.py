"""What a service finds wrong with an answer, shown beside the field that it belongs to."""

from wtforms import Form

from medimeet.errors import InvalidInput


def show_faults(form: Form, error: InvalidInput) -> None:
    """Puts the words of `error` beside the fields of `form`; what belongs to none stands above the form."""
    for name, said in error.faults.items():
        if name in form:
            form[name].errors = [*form[name].errors, *said]
        else:
            form.form_errors.extend(said)
