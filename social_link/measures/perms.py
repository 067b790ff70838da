"""Who may have a measure or a household given to him."""

from datetime import date

from common.errors import InvalidInput
from office.access.matrix import OWN, Data, Write, roles_with
from office.models import User


def require_social(user: User, day: date, field: str) -> None:
    """`InvalidInput` unless `user` is of the social service on `day`."""
    if not user.grants.filter(role__in=roles_with(Write(Data.MEASURE, OWN)), period__contains=day).exists():
        raise InvalidInput(f"{user} ne fait pas partie du service social le {day:%d/%m/%Y}.", field=field)
