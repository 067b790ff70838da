"""What the alerts say, and when R3, R5, R8, R9, R10 and ASKED fire. R1 and R2:
`tests/rent_ledger/arrears/rules/test_defaults.py`.
"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common.params import declared
from common.reasons import Reason
from maintenance.tickets.codes import SignalKind
from rent_ledger.arrears.rules.defaults import DefaultFacts, DefaultParams, UnpaidTerm
from rent_ledger.books.codes import DefaultWhy
from social_link.alerts.codes import AbsentFor, AlertLevel, AlertRule, AlertWhy
from social_link.alerts.rules import alerts as rules
from social_link.alerts.rules.alerts import (
    Absence,
    AlertParams,
    BenefitFacts,
    CaseFacts,
    Found,
    RequestFacts,
    SignalFacts,
    Touch,
)
from social_link.alerts.services.registry import RULES
from social_link.measures.rules.rhythm import Limit

R = AlertRule
PARAMS = AlertParams(
    benefit_percent=80,
    window_days=30,
    delays={"alert.ack_days": 5, "alert.answer_days": 15},
    second_hold_days=15,
    hold_max_days=30,
)
DEFAULTS = DefaultParams(grace_days=5, first_months=3)
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
DAY = date(2026, 11, 6)


def terms(*pairs: tuple[date, str]) -> tuple[UnpaidTerm, ...]:
    return tuple(UnpaidTerm(due, due, Decimal("213.00"), Decimal(left)) for due, left in pairs)


# Mme Sarr of the mock-ups: 213,00 € a month, 120,00 € received on 12 October.
SARR = CaseFacts(
    case_id=7,
    household_id=412,
    first_default_on=date(2026, 10, 2),
    unpaid=DefaultFacts(
        terms=terms((OCT, "93.00"), (NOV, "213.00")),
        net_term=Decimal("213.00"),
        known_until=DAY,
        is_type_1=True,
        is_sublet=True,
        entered_on=date(2024, 3, 15),
    ),
    last_payment_on=date(2026, 10, 12),
    last_payment=Decimal("120.00"),
    aid_pending=Decimal("572.00"),
)
TYPE_2 = replace(
    SARR,
    unpaid=replace(SARR.unpaid, is_type_1=False, is_type_2=True, is_sublet=False, terms=terms((NOV, "40.00"))),
)


def told(facts: CaseFacts) -> Found:
    default = rules.default_to_tell(facts, day=DAY, params=DEFAULTS)
    assert default is not None
    return rules.unpaid(facts, default, day=DAY)


def key(rule: AlertRule, found: Found) -> str:
    return RULES[rule].trigger(found).key


def said(found: Found) -> list[str]:
    """The sentences with plain spaces."""
    return [reason.text().replace("\u00a0", " ") for reason in found.reasons]


def test_second_default_says_amounts_and_dates() -> None:
    found = told(SARR)
    assert key(R.SECOND_DEFAULT, found) == "R2:C7:2026-11-01"
    assert (found.household_id, found.case_id) == (412, 7)
    assert said(found) == [
        "306,00 € dus sur deux termes, premier défaut le 2 octobre 2026",
        "Terme du 1er octobre 2026 : reste 93,00 €",
        "Terme du 1er novembre 2026 : reste 213,00 €",
        "Dernier paiement : 120,00 € le 12 octobre 2026",
        "Aide au logement attendue, à part : 572,00 €",
        "Banque connue jusqu’au 6 novembre 2026",
        "Plus d’un terme net (213,00 €) manque sur deux termes",
    ]


def test_first_default_says_why_this_household() -> None:
    found = told(TYPE_2)
    assert key(R.FIRST_DEFAULT, found) == "R1:C7:2026-11-01"
    # The term of October was paid late: the debt is one of a month, and has stood without a break since.
    assert said(found)[0] == "40,00 € dus sur un terme, jamais à jour depuis le 2 octobre 2026"
    once = replace(TYPE_2, first_default_on=date(2026, 11, 2))
    assert said(told(once))[0] == "40,00 € dus sur un terme, premier défaut le 2 novembre 2026"
    assert said(found)[1:] == [
        "Dernier paiement : 120,00 € le 12 octobre 2026",
        "Aide au logement attendue, à part : 572,00 €",
        "Banque connue jusqu’au 6 novembre 2026",
        "Ménage de type 2",
    ]
    new = replace(TYPE_2, unpaid=replace(TYPE_2.unpaid, is_type_2=False, entered_on=date(2026, 9, 1)))
    assert said(told(new))[-1] == "Entré le 1er sept. 2026, depuis moins de 3 mois"


MONTHS = {month: f"1er {name} 2026" for month, name in zip(
    range(6, 12), ("juin", "juillet", "août", "septembre", "octobre", "novembre"), strict=True
)}  # fmt: skip


@pytest.mark.parametrize(
    ("months", "others"),
    [
        ((8, 9, 10), []),
        ((7, 8, 9, 10), ["et 1 autre terme : reste 213,00 €"]),
        ((6, 7, 8, 9, 10), ["et 2 autres termes : reste 223,00 €"]),
    ],
)
def test_four_terms_are_told_one_by_one_and_the_others_together(months: tuple[int, ...], others: list[str]) -> None:
    late = [(date(2026, month, 1), "10.00") for month in months] + [(NOV, "213.00")]
    found = said(told(replace(SARR, unpaid=replace(SARR.unpaid, terms=terms(*late)))))
    one_by_one = [f"Terme du {MONTHS[day.month]} : reste {amount.replace('.', ',')} €" for day, amount in late[:4]]
    assert [line for line in found if line.startswith(("Terme du", "et "))] == one_by_one + others


def test_all_terms_are_summed() -> None:
    late = [(date(2026, month, 1), "10.00") for month in (6, 7, 8, 9, 10)]
    found = said(told(replace(SARR, unpaid=replace(SARR.unpaid, terms=terms(*late, (NOV, "213.00"))))))
    assert found[0] == "263,00 € dus sur six termes, premier défaut le 2 octobre 2026"


@pytest.mark.parametrize(("aid", "told_apart"), [("-5.00", False), ("0.00", False), ("0.50", True), ("572.00", True)])
def test_only_an_aid_that_is_awaited_is_told(aid: str, told_apart: bool) -> None:
    found = said(told(replace(TYPE_2, aid_pending=Decimal(aid))))
    assert any("Aide au logement" in line for line in found) == told_apart


@pytest.mark.parametrize(
    ("known_until", "sentence"),
    [
        (DAY, "Banque connue jusqu’au 6 novembre 2026"),
        # A statement that runs further says nothing of days to come.
        (date(2026, 11, 9), "Banque connue jusqu’au 6 novembre 2026"),
        (None, "Aide au logement attendue, à part : 572,00 €"),
    ],
)
def test_the_bank_is_known_until_today_at_most(known_until: date | None, sentence: str) -> None:
    facts = replace(TYPE_2, unpaid=replace(TYPE_2.unpaid, known_until=known_until))
    assert said(rules.asked(RequestFacts(3, facts, DAY, ""), day=DAY))[-1] == sentence


@pytest.mark.parametrize(("held_until", "fires"), [(date(2026, 11, 5), True), (DAY, False), (date(2026, 12, 9), False)])
def test_what_the_social_service_has_answered_and_holds_is_not_told_again(held_until: date, fires: bool) -> None:
    for facts in (SARR, TYPE_2):
        held = replace(facts, held_until=held_until)
        assert (rules.default_to_tell(held, day=DAY, params=DEFAULTS) is not None) == fires


def test_a_case_without_payment_says_so() -> None:
    assert "Aucun paiement enregistré" in said(told(replace(TYPE_2, last_payment_on=None, last_payment=None)))


NEXT = date(2026, 12, 1)
REACHED = {"constituted_on": date(2026, 11, 1), "report_due_on": date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("changed", "near_on", "told_key", "sentence"),
    [
        (REACHED, None, "R3:C7:2026-11-01",
         "Impayé constitué pour la CAF le 1er novembre 2026, à déclarer au plus tard le 1er janvier 2027"),
        (REACHED | {"reported_on": DAY}, None, "R3:C7:2026-11-01",
         "Impayé constitué pour la CAF le 1er novembre 2026, déclaré le 6 novembre 2026"),
        # The benefit goes to the household: nothing is ours to report.
        (REACHED | {"report_due_on": None}, None, "R3:C7:2026-11-01",
         "Impayé constitué pour la CAF le 1er novembre 2026, sans déclaration à faire"),
        # Constituted is told whatever the answer holds, and however young the term.
        (REACHED | {"held_until": DAY}, NEXT, "R3:C7:2026-11-01",
         "Impayé constitué pour la CAF le 1er novembre 2026, à déclarer au plus tard le 1er janvier 2027"),
        ({}, NEXT, "R3:C7:NEAR",
         "Impayé constitué pour la CAF si le terme du 1er décembre 2026 n’est pas payé non plus"),
        ({}, None, None, ""),
        ({"held_until": DAY}, NEXT, None, ""),
        ({"held_until": date(2026, 11, 5)}, NEXT, "R3:C7:NEAR",
         "Impayé constitué pour la CAF si le terme du 1er décembre 2026 n’est pas payé non plus"),
    ],
)  # fmt: skip
def test_the_threshold_of_the_payer(
    changed: dict[str, date | None], near_on: date | None, told_key: str | None, sentence: str
) -> None:
    facts = replace(SARR, **changed)  # type: ignore[arg-type]
    found = rules.threshold(facts, near_on=near_on, day=DAY, params=DEFAULTS)
    assert (key(R.THRESHOLD, found) if found else None) == told_key
    if found:
        assert said(found)[0] == "306,00 € dus sur deux termes, premier défaut le 2 octobre 2026"
        assert said(found)[-1] == sentence
        assert found.level == (AlertLevel.HIGH if facts.constituted_on else AlertLevel.NORMAL)


@pytest.mark.parametrize(("due", "fires"), [(date(2026, 11, 1), True), (date(2026, 11, 2), False)])
def test_a_threshold_that_comes_near_is_told_once_a_term_is_late(due: date, fires: bool) -> None:
    """Five days after its due day, as R1 and R2."""
    facts = replace(SARR, unpaid=replace(SARR.unpaid, terms=terms((due, "213.00"))))
    assert (rules.threshold(facts, near_on=NEXT, day=DAY, params=DEFAULTS) is not None) == fires


# One late term of a type 1: neither R1 nor R2 speaks. In default since 2 October; on 6 November 35 days later.
QUIET = replace(SARR, unpaid=replace(SARR.unpaid, terms=terms((OCT, "93.00"))))
NEVER = "Aucun contact depuis le premier défaut du 2 octobre 2026 : 35 jours au moment de l’alerte"


@pytest.mark.parametrize(
    ("facts", "touch", "limit", "told_key", "sentence"),
    [
        (QUIET, Touch(), 34, "R8:C7:2026-10-02", NEVER),
        (QUIET, Touch(), 35, None, ""),
        # Met before the default: the default is what nobody has spoken of.
        (QUIET, Touch(met_on=date(2026, 10, 1)), 34, "R8:C7:2026-10-02", NEVER),
        (QUIET, Touch(met_on=date(2026, 10, 2)), 34, "R8:C7:2026-10-02",
         "Aucun contact depuis celui du 2 octobre 2026 : 35 jours au moment de l’alerte"),
        (QUIET, Touch(met_on=date(2026, 10, 3)), 34, None, ""),
        (QUIET, Touch(met_on=date(2026, 11, 5)), 0, "R8:C7:2026-11-05",
         "Aucun contact depuis celui du 5 novembre 2026 : 1 jour au moment de l’alerte"),
        # An alert asked for a contact: R12 follows it while it is open, and its delay runs after it.
        (QUIET, Touch(asked_on=date(2026, 10, 2), is_open=True), 34, None, ""),
        (QUIET, Touch(asked_on=date(2026, 10, 3)), 34, None, ""),
        (QUIET, Touch(asked_on=date(2026, 10, 3)), 33, "R8:C7:2026-10-03", NEVER),
        (QUIET, Touch(asked_on=date(2026, 9, 1)), 34, "R8:C7:2026-10-02", NEVER),
        # An answer holds the letters.
        (replace(QUIET, held_until=DAY), Touch(), 34, None, ""),
        # A debt that R2 has told long ago.
        (SARR, Touch(asked_on=date(2026, 10, 2)), 34, "R8:C7:2026-10-02", NEVER),
        # It has left.
        (replace(QUIET, is_housed=False), Touch(), 34, None, ""),
        # Nothing is late.
        (replace(SARR, unpaid=replace(SARR.unpaid, terms=())), Touch(), 34, None, ""),
    ],
)  # fmt: skip
def test_nobody_meets_a_household_in_debt(
    facts: CaseFacts, touch: Touch, limit: int, told_key: str | None, sentence: str
) -> None:
    found = rules.silence(facts, touch, day=DAY, params=DEFAULTS, limit_days=limit)
    assert (key(R.SILENCE, found) if found else None) == told_key
    if found:
        assert said(found)[-1] == sentence
        assert said(found)[0].endswith("premier défaut le 2 octobre 2026")


# Thirty days after the last contact or the first day: to be met on 5 November at the latest.
SEEN = Limit(date(2026, 11, 5), 30, date(2026, 10, 6), date(2026, 10, 6))
BEGUN = replace(SEEN, last=date(2026, 9, 1), of="Parc CCAS, type 1")


@pytest.mark.parametrize(
    ("limit", "touch", "told_key", "sentences"),
    [
        (SEEN, Touch(), "R8bis:H5:2026-10-06",
         ["Aucun contact depuis celui du 6 octobre 2026 : 31 jours au moment de l’alerte",
          "Contact attendu au plus tard le 5 novembre 2026 : 30 jours au plus"]),
        # A measure that began after the last contact, or without one: its own days alone count.
        (BEGUN, Touch(), "R8bis:H5:2026-10-06",
         ["Aucun contact depuis le début de l’accompagnement, le 6 octobre 2026 : 31 jours au moment de l’alerte",
          "Contact attendu au plus tard le 5 novembre 2026 : 30 jours au plus (Parc CCAS, type 1)"]),
        # The last day is in time.
        (replace(SEEN, on=DAY, since=date(2026, 10, 7), last=date(2026, 10, 7)), Touch(), None, []),
        # Told once: while the alert is open, then in the same delay after it.
        (SEEN, Touch(asked_on=date(2026, 10, 1), is_open=True), None, []),
        (SEEN, Touch(asked_on=date(2026, 10, 7)), None, []),
        (SEEN, Touch(asked_on=date(2026, 10, 1)), "R8bis:H5:2026-10-06", None),
    ],
)  # fmt: skip
def test_a_rhythm_that_is_not_kept(
    limit: Limit, touch: Touch, told_key: str | None, sentences: list[str] | None
) -> None:
    found = rules.over_rhythm(5, limit, touch, day=DAY)
    assert (key(R.RHYTHM, found) if found else None) == told_key
    if sentences is not None:
        assert (said(found) if found else []) == sentences


@pytest.mark.parametrize(
    ("before", "now", "fires", "words"),
    [
        (
            "241.00",
            "96.00",
            True,
            "Aide au logement d’octobre 2026 : 96,00 €, contre 241,00 € pour le mois de septembre",
        ),
        ("241.00", "0.00", True, "rien reçu, contre 241,00 €"),
        ("241.00", "-12.00", True, "rien reçu"),
        ("100.00", "80.00", False, ""),  # exactly 80 %
        ("100.00", "79.99", True, "79,99 €"),
        ("0.00", "0.00", False, ""),
        ("0.00", "-12.00", False, ""),  # there was none before
        ("-12.00", "-13.00", False, ""),
        ("0.90", "0.00", True, "rien reçu, contre 0,90 €"),
        ("241.00", "0.50", True, "0,50 €, contre 241,00 €"),
        ("100.00", "120.00", False, ""),
    ],
)
def test_benefit_fell(before: str, now: str, fires: bool, words: str) -> None:
    facts = BenefitFacts(5, 9, OCT, Decimal(before), Decimal(now))
    found = rules.benefit_fell(facts, params=PARAMS)
    assert (found is not None) == fires
    if found:
        assert (key(R.BENEFIT_FELL, found), found.case_id) == ("R5:H5:L9-2026-10", None)
        assert words in said(found)[0]


@pytest.mark.parametrize(
    ("days", "keys"),
    [
        ([date(2026, 10, 21), date(2026, 11, 5)], ["R9:H1:I1"]),
        ([date(2026, 10, 6), date(2026, 11, 5)], ["R9:H1:I1"]),  # thirty days
        ([date(2026, 10, 5), date(2026, 11, 5)], []),  # thirty-one
        ([date(2026, 11, 5)], []),
        ([date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 5)], ["R9:H1:I1", "R9:H1:I2"]),
        ([date(2026, 11, 5), date(2026, 11, 5)], ["R9:H1:I1"]),
    ],
)
def test_two_absences(days: list[date], keys: list[str]) -> None:
    visits = [Absence(1, AbsentFor.TECHNICIAN, n, on) for n, on in enumerate(days)]
    found = rules.repeated_absences(visits, params=PARAMS)
    assert [key(R.TWO_ABSENCES, f) for f in found] == keys


def test_absences_come_in_any_order() -> None:
    first, second = date(2026, 10, 21), DAY
    facts = [
        Absence(2, AbsentFor.TECHNICIAN, 6, second),
        Absence(1, AbsentFor.TECHNICIAN, 5, second),
        Absence(1, AbsentFor.TECHNICIAN, 3, second),
        Absence(1, AbsentFor.SOCIAL, 4, second),
        Absence(2, AbsentFor.TECHNICIAN, 2, first),
        Absence(1, AbsentFor.TECHNICIAN, 1, first),
    ]
    found = rules.repeated_absences(facts, params=PARAMS)
    # By household, by day; on one day a contact before a passage, and the records in their order.
    assert [key(R.TWO_ABSENCES, f) for f in found] == ["R9:H1:C4", "R9:H1:I3", "R9:H1:I5", "R9:H2:I6"]


def test_absences_of_two_households_are_no_pair() -> None:
    found = rules.repeated_absences(
        [Absence(1, AbsentFor.TECHNICIAN, 1, DAY), Absence(2, AbsentFor.TECHNICIAN, 2, DAY)], params=PARAMS
    )
    assert found == []


def test_absences_say_for_whom() -> None:
    mixed = [Absence(1, AbsentFor.SOCIAL, 4, date(2026, 10, 21)), Absence(1, AbsentFor.TECHNICIAN, 7, DAY)]
    (found,) = rules.repeated_absences(mixed, params=PARAMS)
    assert said(found) == ["Absent pour deux services les 21 octobre 2026 et 6 novembre 2026"]
    twice = [Absence(1, AbsentFor.SOCIAL, 4, DAY), Absence(1, AbsentFor.SOCIAL, 5, DAY)]
    (found,) = rules.repeated_absences(twice, params=PARAMS)
    assert said(found) == ["Absent deux fois le 6 novembre 2026 pour le service social"]


@pytest.mark.parametrize("kind", list(SignalKind))
def test_weak_signal(kind: SignalKind) -> None:
    found = rules.weak_signal(SignalFacts(3, 5, kind, DAY, "8 h 50"))
    urgent = kind in (SignalKind.DANGER, SignalKind.UNWELL)
    assert (key(R.WEAK_SIGNAL, found), found.level, found.case_id) == (
        "R10:H5:S3",
        AlertLevel.URGENT if urgent else None,
        None,
    )
    what = kind.label[0].lower() + kind.label[1:]
    assert said(found)[0] == f"Signalé le 6 novembre 2026 à 8 h 50 par le technicien : « {what} »"


def test_asked_by_the_rental_manager() -> None:
    found = rules.asked(RequestFacts(3, SARR, DAY, "Nadège Prigent"), day=DAY)
    assert key(R.REQUESTED, found) == "ASKED:C7:3"
    assert said(found)[0] == "Demandé par la gestion locative (Nadège Prigent) le 6 novembre 2026"
    assert said(found)[1].startswith("306,00 €")
    paid = replace(SARR, unpaid=replace(SARR.unpaid, terms=()))
    assert said(rules.asked(RequestFacts(3, paid, DAY, ""), day=DAY)) == [
        "Demandé par la gestion locative le 6 novembre 2026"
    ]
    visit = rules.asked(RequestFacts(3, SARR, DAY, "Nadège Prigent", is_visit=True), day=DAY)
    assert said(visit)[0] == "Visite demandée par la gestion locative (Nadège Prigent) le 6 novembre 2026"
    unsigned = rules.asked(RequestFacts(3, paid, DAY, "", is_visit=True), day=DAY)
    assert said(unsigned) == ["Visite demandée par la gestion locative le 6 novembre 2026"]


def test_the_higher_of_two_levels() -> None:
    assert rules.higher("NORMAL", "URGENT") == rules.higher("URGENT", "HIGH") == "URGENT"


def test_what_is_stored_says_the_same_years_later() -> None:
    found = told(SARR)
    stored = [Reason.from_json(json.loads(json.dumps(r.to_json())), AlertWhy, DefaultWhy) for r in found.reasons]
    assert [r.text() for r in stored] == [r.text() for r in found.reasons]


# ---------- the registry ----------


def test_every_rule_has_its_entry() -> None:
    assert list(RULES) == list(AlertRule)
    levels = {rule.code: rule.level for rule in RULES.values()}
    assert levels == {
        R.FIRST_DEFAULT: "NORMAL", R.SECOND_DEFAULT: "HIGH", R.THRESHOLD: "NORMAL", R.BENEFIT_FELL: "NORMAL",
        R.SILENCE: "NORMAL", R.RHYTHM: "NORMAL", R.TWO_ABSENCES: "HIGH", R.WEAK_SIGNAL: "NORMAL", R.REQUESTED: "NORMAL",
    }  # fmt: skip


def test_the_parameters_of_the_rules_are_declared() -> None:
    assert {name for rule in RULES.values() for name in rule.params} <= set(declared())


def test_letters_are_held_until_the_answer_or_for_some_days() -> None:
    due = date(2026, 11, 30)
    untils = {code: rule.hold(DAY, due, PARAMS) for code, rule in RULES.items() if rule.hold}
    assert untils == {R.FIRST_DEFAULT: due, R.SECOND_DEFAULT: date(2026, 11, 21)}
