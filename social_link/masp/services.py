"""The contract of a MASP 2: what it holds."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from social_link.masp.codes import Benefit, Field, Threat, Use
from social_link.masp.models import MaspContract
from social_link.measures.codes import MeasureKind
from social_link.measures.locks import changeable, must_not_be_ended
from social_link.measures.models import Measure


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
