"""The back office as a superuser's browser sees it: forms filled as they are shown, and sent back."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import inspect
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.model_base import Base


def shown_in(answer: TestResponse) -> dict[str, list[str]]:
    """What the page's form would send if nobody touched it."""
    form = BeautifulSoup(answer.text, "html.parser").select_one("main form.mm-form[method=post]")
    assert form is not None, answer.text
    sent: dict[str, list[str]] = {}
    for element in form.select("input, select, textarea"):
        for value in _values(element):
            sent.setdefault(str(element["name"]), []).append(value)
    return sent


def edit(office: FlaskClient, row: Base, **changes: Any) -> TestResponse:
    """Opens the form of a row, types the changes and sends it."""
    address = f"/admin/{slug_of(type(row))}/edit/?id={key_of(row)}"
    shown = office.get(address)
    assert shown.status_code == 200, shown.text
    return office.post(address, data=shown_in(shown) | changes)


def add(office: FlaskClient, model: type[Base], **values: Any) -> TestResponse:
    """Opens the form of a new row, types the values and sends it."""
    address = f"/admin/{slug_of(model)}/new/"
    return office.post(address, data=shown_in(office.get(address)) | values)


def delete(office: FlaskClient, row: Base) -> TestResponse:
    """Presses the button of the page that asks."""
    address = f"/admin/{slug_of(type(row))}/delete/?id={key_of(row)}"
    assert "can’t be undone" in office.get(address).text
    return office.post(address)


def slug_of(model: type[Base]) -> str:
    """What the table is called in addresses."""
    return model.__tablename__.replace("_", "-")


def key_of(row: Base) -> Any:
    """The row's primary key."""
    return inspect(row).identity[0]  # type: ignore[index]


def content_of(row: Base) -> dict[str, Any]:
    """Every value of the row, as the database has it."""
    db.session.expire_all()
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}


def newest(model: type[Base]) -> Any:
    """The row that was added last."""
    db.session.expire_all()
    key = inspect(model).primary_key[0]
    return db.session.scalars(db.select(model).order_by(key.desc()).limit(1)).unique().one()


def _values(element: Tag) -> list[str]:
    if element.name == "textarea":
        # What a browser does: it drops the first line end, and sends line ends as CR LF.
        return [element.get_text().removeprefix("\r").removeprefix("\n").replace("\n", "\r\n")]
    if element.name == "select":
        chosen = element.select("option[selected]") or element.select("option")[:1]
        return [str(option["value"]) for option in chosen]
    if element.get("type") in {"checkbox", "radio"} and not element.has_attr("checked"):
        return []
    return [str(element.get("value", ""))]
