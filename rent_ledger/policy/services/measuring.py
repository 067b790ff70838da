"""What the early signs were worth is measured, and kept by period."""

from datetime import date

from django.db import transaction
from django.db.models import Min

from common import clock
from common.errors import InvalidInput
from common.periods import ONE_DAY, add_months, period
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.arrears.models import EarlySign
from rent_ledger.policy.models import SignMeasure
from rent_ledger.policy.parameters import measure_params
from rent_ledger.policy.queries.sign_measures import counted_signs, judged_until

DEFAULT_MONTHS = 12


def measured_by_default(day: date) -> tuple[date, date]:
    """The first and the last day of the year of signs that can be judged on `day`, or of less where signs were not
    looked for so long.

    Raises `InvalidInput` where nothing can be judged.
    """
    last = _judged(day)
    first = add_months(last + ONE_DAY, -DEFAULT_MONTHS)
    return max(first, _searched_since(last)), last


@needs(Write(Data.PARAMETER))
@transaction.atomic
def measure_signs(*, first: date, last: date, actor: Actor) -> list[SignMeasure]:
    """Count the signs that were known from `first` to `last` (both included), how many were right, and how many first
    defaults they preceded. Measured again, the rows of the period are replaced. The first row is of all kinds.

    Raises `InvalidInput` (`first`, `last`) for days that say nothing yet, or of which nothing was looked for.
    """
    today = clock.today()
    if first > last:
        raise InvalidInput("Le premier jour vient avant le dernier.", field="first")
    most = _judged(today)
    if last > most:
        raise InvalidInput(
            f"Mesurez jusqu’au {most:%d/%m/%Y} : ce qui suit un signe plus récent n’est pas encore connu.", field="last"
        )
    since = _searched_since(last)
    if first < since:
        raise InvalidInput(
            f"Les signes sont cherchés depuis le {since:%d/%m/%Y} : mesurez à partir de ce jour.", field="first"
        )
    params = measure_params(last)
    end = last + ONE_DAY
    counted = counted_signs(first, end, params)
    SignMeasure.objects.filter(period=period(first, end)).exclude(kind__in=[row.kind for row in counted]).delete()
    now = clock.now()
    return SignMeasure.objects.bulk_create(
        [
            SignMeasure(
                period=period(first, end), kind=row.kind, within_days=params.within_days, signs=row.signs,
                right=row.right, defaults=row.defaults, foreseen=row.foreseen, measured_at=now,
            )
            for row in counted
        ],
        update_conflicts=True,
        unique_fields=["period", "kind"],
        update_fields=["within_days", "signs", "right", "defaults", "foreseen", "measured_at"],
    )  # fmt: skip


def _judged(today: date) -> date:
    most = judged_until(today, measure_params(today))
    if most is None:
        raise InvalidInput("Aucun relevé de banque : rien ne dit encore ce qui a suivi les signes.", field="last")
    return most


def _searched_since(last: date) -> date:
    since: date | None = EarlySign.objects.aggregate(first=Min("known_on"))["first"]
    if since is None or since > last:
        raise InvalidInput("Aucun signe n’a encore été trouvé dans ces jours : il n’y a rien à mesurer.", field="last")
    return since
