"""What every page shows of the house."""

from typing import Any

from django.http import HttpRequest

from common import clock
from common.prepared import Prepared
from office.models import Association

_ASSOCIATION = Prepared(lambda: Association.objects.order_by("pk")[:1])


def office(request: HttpRequest) -> dict[str, Any]:
    """`association` (or None before it is set up), `actor`, `today`."""
    return {
        "association": next(iter(_ASSOCIATION()), None),
        "actor": getattr(request, "actor", None),
        "today": clock.today(),
    }
