"""The dwellings of the demo, from the real RPLS extract, under agreements of the four kinds."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from demo.draws import Draws
from leases.contracts.codes import LeaseKind, LeaseState
from leases.models import Lease
from office.access.actor import Actor
from office.models import Organisation
from stock.agreements.codes import HeadAgreementKind
from stock.agreements.services import add_dwellings, create_agreement
from stock.dwellings.codes import ConstructionType, VacancyReason
from stock.dwellings.services import tell_vacancy_reason, update_dwelling
from stock.importing.services import import_stock
from stock.models import Dwelling, HeadAgreement

RPLS = Path(__file__).parent / "data" / "rpls_aude.csv"
SINCE = date(2019, 1, 1)
# What is owed to the owner for a month, in euros, and so much more for each room; a few are unknown.
RENTS = {HeadAgreementKind.PROVISION: Decimal("95.00"), HeadAgreementKind.HEAD_LEASE: Decimal("190.00")}
PER_ROOM = Decimal("62.50")
RENT_UNKNOWN, REASON_UNTOLD = 0.06, 0.1
WHY = {VacancyReason.LETTING: 50, VacancyReason.WORKS: 30, VacancyReason.UNFIT: 8, VacancyReason.LEAVING: 12}
# How one comes in, and what a visitor should know: of at most this many dwellings in a large association.
MOST_TOLD = 300
DOORS = (
    "Code {code}, deuxième porte à gauche.", "Interphone au nom du ménage, code {code} la nuit.",
    "Code {code} ; ascenseur avec badge, à prendre à l’accueil.", "Portail par la cour, code {code}.",
)  # fmt: skip
GATES = ("Portillon sur le côté, sonnette cassée : appeler.", "Clé du portail au bureau.")
CARE = (
    "Chien dans la cour : appeler avant d’entrer.", "Marches glissantes par temps de pluie.",
    "Palier mal éclairé : prendre une lampe.", "Tableau électrique à ne pas ouvrir seul.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parc:
    """An agreement that gives dwellings to let, the kinds of lease that it carries, and its share of the stock."""

    agreement: HeadAgreement
    kinds: tuple[str, ...]
    share: int


def agreements(
    actor: Actor, landlords: tuple[Organisation, Organisation], owners: list[Organisation], ccas: Organisation
) -> list[Parc]:
    """The CCAS's stock, two social landlords, private owners under mandate."""
    littoral, corbieres = landlords
    make = lambda kind, ref, title, owner, **more: create_agreement(  # noqa: E731  five calls, one shape
        actor=actor, kind=kind, reference=ref, title=title, owner=owner, from_day=SINCE, **more
    )
    provision = make(
        HeadAgreementKind.PROVISION, "MAD-CCAS-2019", "Parc du CCAS mis à disposition", ccas, ordered_by=ccas
    )
    parcs = [
        Parc(provision, (LeaseKind.OCCUPANCY, LeaseKind.SUBLEASE), 24),
        Parc(make(HeadAgreementKind.HEAD_LEASE, "BP-LITTORAL", "Sous-location, patrimoine du Littoral", littoral),
             (LeaseKind.SUBLEASE, LeaseKind.SUBLEASE, LeaseKind.SLIDING), 36),
        Parc(make(HeadAgreementKind.HEAD_LEASE, "BP-CORBIERES", "Sous-location et baux glissants", corbieres,
                  is_conventioned=True),
             (LeaseKind.SUBLEASE, LeaseKind.SLIDING), 22),
    ]  # fmt: skip
    for number, owner in enumerate(owners, 1):
        mandate = make(HeadAgreementKind.MANDATE, f"MANDAT-{number:02d}", "Mandat de gestion", owner)
        parcs.append(Parc(mandate, (LeaseKind.MANAGED,), 3))
    return parcs


def service_contract(actor: Actor, ccas: Organisation, provision: HeadAgreement) -> HeadAgreement:
    """The marché by which the CCAS orders the support. Same dwellings as the agreement that gives title."""
    contract = create_agreement(
        actor=actor,
        kind=HeadAgreementKind.SERVICE_CONTRACT,
        reference="MARCHE-CCAS-2024",
        title="Accompagnement locatif et social individualisé",
        owner=ccas,
        ordered_by=ccas,
        from_day=date(2024, 1, 1),
        last_day=date(2027, 12, 31),
    )
    dwellings = [line.dwelling for line in provision.lines.select_related("dwelling")]
    add_dwellings(actor=actor, agreement=contract, dwellings=dwellings)
    return contract


def dwellings(actor: Actor, parcs: list[Parc], size: int, draws: Draws) -> dict[int, list[Dwelling]]:
    """About `size` dwellings by agreement id, through the ordinary import. As usual, it leaves grouped rows aside."""
    with RPLS.open(encoding="utf-8") as file:
        reader = csv.DictReader(file, delimiter=";")
        header = list(reader.fieldnames or ())
        rows = list(reader)
    singles, groups = [r for r in rows if r["nb"] == "1.0"], [r for r in rows if r["nb"] != "1.0"]
    while len(singles) < size:
        # A larger association: the same streets again, at other numbers.
        copy = dict(singles[len(singles) % 186])
        copy["NUMVOIE"] = str(100 + len(singles) // 186 * 7)
        copy["NUMAPPT"] = str(len(singles))
        singles.append(copy)
    singles = singles[:size]
    draws.of("dwellings").shuffle(singles)
    total = sum(parc.share for parc in parcs)
    found: dict[int, list[Dwelling]] = {}
    start = 0
    for index, parc in enumerate(parcs):
        last = index == len(parcs) - 1
        stop = size if last else start + max(1, round(size * parc.share / total))
        part = singles[start:stop] + (groups if index == 1 else [])
        start = min(stop, size)
        if not part:
            continue
        text = io.StringIO()
        writer = csv.DictWriter(text, header, delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(part)
        import_stock(
            actor=actor, data=text.getvalue().encode(), file_name=f"rpls_{parc.agreement.reference.lower()}.csv"
        )
        # In no agreement yet: those of this file.
        imported = list(Dwelling.objects.filter(agreement_lines=None).order_by("pk"))
        by_rent: dict[Decimal | None, list[Dwelling]] = {}
        for one in imported:
            by_rent.setdefault(_rent(parc.agreement.kind, one, draws), []).append(one)
        for rent, several in by_rent.items():
            add_dwellings(actor=actor, agreement=parc.agreement, dwellings=several, upstream_rent=rent)
        found[parc.agreement.pk] = imported
    _tell_the_way(actor, [one for several in found.values() for one in several], draws)
    return found


def _rent(kind: str, dwelling: Dwelling, draws: Draws) -> Decimal | None:
    """What is owed to the owner for a month: by the rooms; nothing under a mandate, which hands over what comes in; of
    a few nobody has typed it."""
    if kind == HeadAgreementKind.MANDATE:
        return Decimal("0.00")
    if draws.chance("owner's rent", dwelling.reference) < RENT_UNKNOWN:
        return None
    return RENTS[HeadAgreementKind(kind)] + PER_ROOM * min(dwelling.rooms, 5)


def tell_why_empty(actor: Actor, day: date, draws: Draws) -> None:
    """Why the dwellings that are empty on `day`, today, are: a contract in preparation promises one; of a few nobody
    has said anything yet."""
    promised = set(
        Lease.objects.filter(state=LeaseState.DRAFT).values_list("unit__dwelling", flat=True)
    )  # fmt: skip
    empty = draws.some(Dwelling.objects.vacant_on(day), MOST_TOLD, lambda dwelling: dwelling.reference, "why empty")
    for dwelling in empty:
        rng = draws.of("why empty", dwelling.reference)
        reason = VacancyReason.PROMISED if dwelling.pk in promised else rng.choices(*zip(*WHY.items(), strict=True))[0]
        if rng.random() >= REASON_UNTOLD:
            tell_vacancy_reason(actor=actor, dwelling=dwelling, reason=reason)


def _tell_the_way(actor: Actor, dwellings: list[Dwelling], draws: Draws) -> None:
    """Codes and gates of two dwellings in three, and what to beware of in one of ten."""
    for one in draws.some(dwellings, MOST_TOLD, lambda dwelling: dwelling.reference, "way in"):
        rng = draws.of("way in", one.reference)
        ways = DOORS if one.construction == ConstructionType.COLLECTIVE else GATES
        told = {
            "access_notes": rng.choice(ways).format(code=f"{rng.randint(10, 99)}A{rng.randint(10, 99)}"),
            "safety_notice": rng.choice(CARE),
        }
        said = {"access_notes": rng.random() < 2 / 3, "safety_notice": rng.random() < 0.1}
        if any(said.values()):
            update_dwelling(actor=actor, dwelling=one, **{name: told[name] for name in told if said[name]})


def iban(account: int) -> str:
    """An invented French IBAN with right keys (bank 20041, branch 01005)."""
    number = f"{account:011d}"
    key = 97 - (89 * 20041 + 15 * 1005 + 3 * account) % 97
    bban = f"2004101005{number}{key:02d}"
    return f"FR{98 - int(bban + '152700') % 97:02d}{bban}"
