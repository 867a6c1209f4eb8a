"""Which clinic a request means, as a part of statements that are built once: see `clinics.of_request`."""

from typing import Any

from sqlalchemy import Integer, bindparam, case, func, select

from medimeet.models import Account, Clinic

_BY_HOST = (
    select(Clinic.id).order_by(case((Clinic.domain == bindparam("domain"), 0), else_=1), Clinic.id).limit(1)
).scalar_subquery()
MEANT = func.coalesce(bindparam("clinic_id", type_=Integer()), _BY_HOST)


def by(account: Account | None, host: str) -> dict[str, Any]:
    """The parameters of MEANT: the account's clinic, else the one whose domain is `host`, else the first."""
    domain = host.rsplit(":", 1)[0].lower()
    return {"clinic_id": account.clinic_id if account is not None else None, "domain": domain}
