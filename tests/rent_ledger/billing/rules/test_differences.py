"""The reasons for a difference are signed amounts that add up to it, whatever was billed."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from common.money import ZERO
from common.periods import Month
from rent_ledger.rules.differences import Billed, Difference, differences

DEC = Month(2026, 12)
NOV_1, DEC_1, JAN_1 = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


def billed(
    *, rent: str = "400.00", charges: str = "80.00", term: str = "", indemnity: str = "0", benefit: str = "0",
    start: date = DEC_1, end: date = JAN_1,
) -> Billed:  # fmt: skip
    full = {n: Decimal(a) for n, a in (("RENT", rent), ("CHARGES", charges)) if Decimal(a)}
    return Billed(
        Decimal(term) if term else sum(full.values(), ZERO), Decimal(indemnity), Decimal(benefit), full, start, end
    )


def before(**facts: str | date) -> Billed:
    return billed(**({"start": NOV_1, "end": DEC_1} | facts))  # type: ignore[arg-type]


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    return [(d.code, f"{d.label} ({d.detail})".replace("\u00a0", " "), str(d.amount)) for d in found]


def test_the_same_month_again_has_no_reason():
    assert differences(before=before(), now=billed(), month=DEC) == ()


def test_rent_and_charges_changed_are_two_reasons():
    found = differences(before=before(), now=billed(rent="404.60", charges="75.00"), month=DEC)
    assert told(found) == [
        ("RENT", "Loyer révisé (400,00 € puis 404,60 €)", "4.60"),
        ("CHARGES", "Charges révisées (80,00 € puis 75,00 €)", "-5.00"),
    ]


def test_an_entry_tells_its_days():
    now = billed(term="433.55", start=date(2026, 12, 4))
    assert told(differences(before=None, now=now, month=DEC)) == [
        ("ENTRY", "Entrée le 4 déc. (28 jours sur 31)", "433.55")
    ]
    first = differences(before=None, now=billed(), month=DEC, started_on=DEC_1)
    assert told(first) == [("ENTRY", "Entrée le 1er déc. (mois entier)", "480.00")]


def test_the_month_after_an_entry_is_whole_and_the_aid_starts():
    then = before(term="224.00", start=date(2026, 11, 17))
    assert told(differences(before=then, now=billed(benefit="250.00"), month=DEC)) == [
        ("WHOLE", "Mois entier après l’entrée (entrée le 17 nov., 14 jours sur 30 en novembre)", "256.00"),
        ("BENEFIT_NEW", "Aide attendue (250,00 €)", "-250.00"),
    ]


def test_no_demand_last_month_is_said():
    found = differences(before=None, now=billed(benefit="100.00"), month=DEC, started_on=date(2025, 1, 1))
    assert told(found) == [
        ("NO_DEMAND", "Pas d’avis en novembre (mois entier)", "480.00"),
        ("BENEFIT_NEW", "Aide attendue (100,00 €)", "-100.00"),
    ]


def test_an_exit_within_the_month_and_one_before_it():
    leaving = billed(term="185.81", end=date(2026, 12, 13))
    assert told(differences(before=before(), now=leaving, month=DEC)) == [
        ("EXIT", "Sortie le 12 déc. (12 jours sur 31)", "-294.19")
    ]
    gone = differences(before=before(end=date(2026, 11, 21), benefit="100.00"), now=None, month=DEC)
    assert told(gone) == [("GONE", "Sortie le 20 nov. (rien n’est plus appelé)", "-380.00")]


def test_a_contract_that_ends_with_somebody_inside_gives_an_indemnity_never_called_rent():
    now = billed(term="154.84", indemnity="325.16", end=date(2026, 12, 11))
    found = differences(before=before(), now=now, month=DEC)
    assert told(found) == [
        ("EXIT", "Fin du contrat le 10 déc. (10 jours sur 31)", "-325.16"),
        ("INDEMNITY", "Indemnité d’occupation (le logement reste occupé après le contrat)", "325.16"),
    ]
    only = Billed(ZERO, Decimal("480.00"), ZERO, {}, DEC_1, JAN_1)
    after = differences(before=before(), now=only, month=DEC)
    assert [(d.code, d.amount) for d in after] == [("CONTRACT_END", Decimal("-480.00")), ("INDEMNITY", Decimal("480"))]


def test_each_way_that_aid_moves():
    def aid(then: str, now: str) -> list[tuple[str, str]]:
        found = differences(before=before(benefit=then), now=billed(benefit=now), month=DEC)
        return [(d.code, str(d.amount)) for d in found]

    assert aid("0", "250.00") == [("BENEFIT_NEW", "-250.00")]
    assert aid("250.00", "0") == [("BENEFIT_ENDED", "250.00")]
    assert aid("200.00", "231.50") == [("BENEFIT_UP", "-31.50")]
    assert aid("286.00", "241.00") == [("BENEFIT_DOWN", "45.00")]


def test_a_lease_held_back_asks_for_nothing():
    found = differences(before=before(benefit="80.00"), now=None, month=DEC, is_held=True)
    assert [(d.code, d.amount) for d in found] == [("HELD", Decimal("-400.00"))]


AMOUNT = st.decimals(min_value=0, max_value=2000, places=2)


@st.composite
def months(draw: st.DrawFn, first: date, days: int) -> Billed | None:
    if draw(st.booleans()) and draw(st.booleans()):
        return None
    natures = draw(st.lists(st.sampled_from(["RENT", "CHARGES", "PARKING", "SERVICES"]), unique=True))
    start = draw(st.integers(0, days - 1))
    return Billed(
        term=draw(AMOUNT),
        indemnity=draw(st.one_of(st.just(ZERO), AMOUNT)),
        benefit=draw(st.one_of(st.just(ZERO), AMOUNT)),
        full={nature: draw(AMOUNT) for nature in natures},
        start=date.fromordinal(first.toordinal() + start),
        end=date.fromordinal(first.toordinal() + draw(st.integers(start + 1, days))),
    )


@given(months(NOV_1, 30), months(DEC_1, 31), st.booleans())
def test_the_reasons_add_up_to_the_difference(then: Billed | None, now: Billed | None, held: bool):
    found = differences(before=then, now=now, month=DEC, is_held=held)
    gap = (now.net if now else ZERO) - (then.net if then else ZERO)
    assert sum((d.amount for d in found), ZERO) == gap
    assert all(d.amount for d in found)
    assert all(d.group for d in found)
