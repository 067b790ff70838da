"""The contract of a MASP 2: what it holds; the report of its evolution."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.charts import RoadRow
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import needs
from office.documents.services import file_name, new_document, render_copy
from social_link.contacts.codes import MEETINGS
from social_link.contacts.models import Contact
from social_link.masp.codes import Benefit, Field, Threat, Use
from social_link.masp.models import MaspContract, words
from social_link.measures.codes import MeasureKind
from social_link.measures.locks import changeable, must_not_be_ended
from social_link.measures.models import Measure
from social_link.objectives.codes import Axis
from social_link.objectives.models import Assessment, Objective, ObjectiveReview
from social_link.objectives.services.papers import road_data


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def write_masp(
    *,
    measure: Measure,
    threat: str,
    consented_on: date,
    works_on: Sequence[str],
    benefits: Sequence[str],
    uses: Sequence[str],
    actor: Actor,
) -> MaspContract:
    """The contract of a MASP 2, or another content of it: the former one stays in its history. `uses`: what the managed
    benefits pay, after rent and current charges, which come first whatever is said (CASF, art. L. 271-2).

    Its three signatures are those of the contract that is drawn up of it (`social_link.agreements`), which hold it.
    """
    row = changeable(measure, actor)
    must_not_be_ended(row)
    if row.kind != MeasureKind.MASP2:
        raise InvalidInput("Ce contrat est celui d’une MASP 2.")
    if threat not in Threat.values:
        raise InvalidInput("Dites ce que la difficulté à gérer menace.", field="threat")
    if consented_on > clock.today():
        raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field="consented_on")
    if row.agreements.filter(signatures__isnull=False).exists():
        raise Conflict("Ce contrat porte déjà une signature : reprenez-la d’abord.", code="in_use")
    for name, given, codes in (("works_on", works_on, Field), ("benefits", benefits, Benefit)):
        if not given or any(code not in codes.values for code in given):
            raise InvalidInput("Choisissez-en un au moins.", field=name)
    if any(code not in Use.values for code in uses):
        raise InvalidInput("Choisissez parmi les paiements proposés.", field="uses")
    contract = MaspContract.objects.filter(measure=row).first() or MaspContract(measure=row, author=actor.user)
    contract.threat = threat
    contract.works_on = [code for code in Field if code in works_on]
    contract.benefits = [code for code in Benefit if code in benefits]
    contract.uses = [Use.RENT, *(code for code in Use if code in uses and code != Use.RENT)]
    contract.consented_on = consented_on
    checked(contract)
    with french_refusals(contract):
        contract.save()
    return contract


@needs(Read(Data.MEASURE, OWN))
def print_evolution(*, measure: Measure, first: date, last: date, actor: Actor) -> tuple[str, bytes]:
    """The report of how a MASP 2 evolved from `first` to `last` (S4-06), which the Département and the household read:
    the objectives with their evaluations of these days, the axes, how often one met. Nothing in it tells of health. The
    name of the file and its PDF; nothing keeps it. The caller has seen to it that the measure may be read.

    Raises `InvalidInput` (`first`, `last`), `Conflict` (`wrong_state`) where the contract is not written yet.
    """
    contract = MaspContract.objects.filter(measure=measure).first()
    if contract is None:
        raise Conflict("Écrivez d’abord le contrat de MASP 2 : domaines et prestations gérées.", code="wrong_state")
    begun = measure.period.lower
    if not begun <= first:
        raise InvalidInput(f"La mesure commence le {begun:%d/%m/%Y} : le rapport aussi, ou plus tard.", field="first")
    if not first <= last <= clock.today():
        raise InvalidInput("Le dernier jour suit le premier, et est aujourd’hui ou plus tôt.", field="last")
    told = list(Assessment.objects.filter(measure=measure, on__lte=last))
    rows = [RoadRow(axis.label, [one.level(axis) for one in told]) for axis in Axis if axis != Axis.HEALTH]
    met = Contact.objects.met().filter(
        household=measure.household_id, kind__in=sorted(MEETINGS), happened_on__range=(first, last)
    )
    works = [code for code in contract.works_on if code != Field.CARE]
    paper = new_document(
        kind="masp_report",
        number=f"M-{measure.pk:05d}",
        title="Rapport d’évolution, MASP 2",
        data={
            "household": measure.household.name,
            "referent": measure.referent.get_full_name(),
            "contract": [begun.isoformat(), measure.planned_end.isoformat()],
            "first": first.isoformat(),
            "last": last.isoformat(),
            "works": words(Field, works) if works else "",
            "benefits": contract.benefit_words,
            "uses": contract.use_words,
            "meetings": met.count(),
            **road_data(told, rows),
            "objectives": _evolution(measure, first, last),
        },
        actor=actor,
    )
    return file_name(paper), render_copy(paper)


def _evolution(measure: Measure, first: date, last: date) -> list[dict[str, Any]]:
    """The objectives that were fixed by `last`, each with its evaluations of these days, the oldest first."""
    rows = Objective.objects.filter(measure=measure, created_at__lt=clock.morning(last + ONE_DAY))
    reviews: dict[int, list[dict[str, Any]]] = {}
    for one in ObjectiveReview.objects.filter(objective__in=rows, on__range=(first, last)):
        found = {"on": one.on.isoformat(), "state": one.get_how_far_display(), "score": one.score}
        reviews.setdefault(one.objective_id, []).append(found)
    return [
        {"theme": row.get_theme_display(), "text": row.text, "reviews": reviews.get(row.pk, [])} for row in rows
    ]  # fmt: skip
