"""The house that the access tests look at: three households, two people per role of the field, words to listen for.

`mine` belongs to the seven people of `World.people`; `theirs` and `hidden` to their colleagues. `hidden` has an address
that must not be told. Each word or amount below is written once, in one place of the data: met elsewhere, it leaked.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Model

from common import clock
from common.codes import Code
from common.periods import Month, period
from common.reasons import Reason
from leases.contracts.codes import WishKind
from leases.contracts.services.preparation import create_lease
from leases.models import Guarantee, GuaranteeDeed, Lease, Membership, PaperWish, Person
from maintenance.models import Photo, Ticket
from maintenance.tickets.codes import SignalKind
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role, TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.services.tokens import issue_token
from office.documents.models import Document
from office.documents.services import make_document
from office.house.codes import OrganisationKind
from office.jobs.worker import drain
from office.messages.codes import Channel
from office.messages.models import Message
from office.messages.services.outbox import NewMessage, write_messages
from office.messages.wording import Wording
from office.models import (
    AidScheme,
    BankAccount,
    IbanChange,
    Job,
    Notice,
    Organisation,
    ParameterValue,
    SavedView,
    StaffRequest,
    Task,
    User,
)
from office.notices.kinds import NoticeKind, Shown, declare
from rent_ledger.aid_files.codes import AidRefusal
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsDuty, CauseCode, ReportKind
from rent_ledger.arrears.letters import COURTESY
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.social import record_social_answer, request_help
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.billing.services.receipts import issue_receipt
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.models import (
    AidFile,
    AidFileStep,
    AidPaper,
    ArrearsCase,
    BankLine,
    BankStatement,
    BenefitLine,
    BenefitRetention,
    BenefitStatement,
    CaseDecision,
    ClaimItem,
    ClaimPaper,
    CreditChoice,
    DebtFreeze,
    FreezeStep,
    GuaranteeClaim,
    GuarantorNotice,
    GuarantorPayment,
    KnownIban,
    LetterHold,
    PayerReport,
    PlanDebt,
    PlanInstalment,
    PlanPaper,
    Posting,
    Procedure,
    ProcedureStep,
    Recovery,
    RefundFile,
    RefundTransfer,
    RegisteredLetter,
    RegisteredProof,
    RentDemand,
    RepaymentPlan,
    ReportProof,
    StepProof,
    WriteOff,
    WriteOffItem,
    WriteOffPaper,
)
from rent_ledger.payments.services.payments import take_payment
from rent_ledger.policy.services.replaying import start_replay
from social_link.agreements.services import draw_up
from social_link.alerts.codes import AlertWhy
from social_link.alerts.services.answers import acknowledge
from social_link.contacts.services import log_contact, plan_contact, write_note
from social_link.difficulties.codes import DifficultyKind
from social_link.difficulties.services import note_difficulties
from social_link.file_requests.services import note_request
from social_link.informing.services import write_letter
from social_link.measures.codes import Exclusion
from social_link.measures.services.measures import open_measure
from social_link.models import (
    Absence,
    AgreementScan,
    AgreementSignature,
    Alert,
    AlertFact,
    Assessment,
    Budget,
    BudgetAmount,
    Carrier,
    ChainDay,
    Commission,
    CommissionItem,
    CommissionMember,
    Contact,
    Diagnosis,
    DiagnosisLine,
    Difficulty,
    FileRequest,
    FormerKind,
    FundingLine,
    FundingShare,
    FurnitureItem,
    Intensity,
    LetterText,
    MaspContract,
    Measure,
    Note,
    Objective,
    ObjectiveReview,
    Orientation,
    Partner,
    PartnerLink,
    Referral,
    Refusal,
    Renewal,
    Reopening,
    RightFact,
    StandIn,
    SupportLetter,
    Watch,
)
from social_link.partners.services import save_partner, write_link
from social_link.referrals.services.links import open_state
from social_link.referrals.services.referrals import receive
from social_link.referrals.services.steps import note_step
from social_link.rights.codes import RightKind
from social_link.rights.services import Said, note_rights
from social_link.settling.services import tick, write_furniture
from stock.models import Dwelling, VacancyTold
from tests.access.visited import incident_of, noted_visit
from tests.factories import (
    hold_letters,
    make_agreement,
    make_association,
    make_bank_account,
    make_bank_known,
    make_dwelling,
    make_household,
    make_iban,
    make_let,
    make_organisation,
    make_payer,
    make_picture,
    make_referent,
    make_right,
    make_team,
    make_user,
)
from tests.rent_ledger.banking import camt, drop, movement, written

TODAY = date(2026, 11, 5)
MINE, THEIRS, HIDDEN = "Mme Solvejg Quimperne", "M. Baptistin Uzerchal", "Mme Philomene Wattrelon"
MY_PHONE, THEIR_PHONE, HIDDEN_PHONE = "0611223344", "0655667788", "0699887766"
MY_STREET, THEIR_STREET, HIDDEN_STREET = "4 quai Zanzibarre", "9 allee Oukoumene", "31 sente Kerguelonne"
HIDDEN_CODE = "LOG-ISATIS"
MY_RENT, THEIR_RENT, HIDDEN_RENT = "613.37", "728.91", "537.19"
MY_DEBT = "603.37"
MY_PRIVATE, THEIR_PRIVATE = "Notule quartz privee", "Notule mica privee"
MY_TEAM, THEIR_TEAM = "Notule quartz equipe", "Notule mica equipe"
MY_SHARED, THEIR_SHARED = "Notule quartz partagee", "Notule mica partagee"
MY_SEALED, THEIR_SEALED = "Notule quartz scellee", "Notule mica scellee"
MY_WORDS, THEIR_WORDS = "Silexite gneiss", "Silexite marne"
BANK_LABEL, BANK_NAME = "LIBELLE OBSIDIENNE", "TIERS FELDSPATH"
MY_RIGHT, THEIR_RIGHT = "713.91", "817.93"
MY_BUDGET, THEIR_BUDGET = "1719.37", "1823.59"
MY_FACT, THEIR_FACT = "Constat basalte un", "Constat basalte deux"
MY_STEP, THEIR_STEP = "23 févr", "24 févr"
MY_HOLD, THEIR_HOLD = "20 nov", "27 nov"
HOLD_DAYS = {MY_STEP: date(2026, 11, 20), THEIR_STEP: date(2026, 11, 27)}
STEP_DAYS = {MY_STEP: date(2027, 2, 23), THEIR_STEP: date(2027, 2, 24)}
SAFETY, ACCESS_NOTES = "Consigne amphibole", "Code porte 7319"
MY_CONTACT_NAME = "Voisine Tourmaline"
AID_REFUSED = AidRefusal.RECENT
CAUSE, SIGNAL = CauseCode.JOB_LOSS, SignalKind.UNWELL.label
PARTNER = "Dr Sodalite"
DIFFICULTY = DifficultyKind.ILLNESS
KEY = "house.alsace_moselle"


class WorldNotice(Code):
    HELLO = "WORLD_HELLO", "Bonjour"


HELLO = declare(
    NoticeKind(
        code=WorldNotice.HELLO,
        about="user",
        many="bonjour,bonjours",
        icon="bell",
        needs=Read(Data.SELF, OWN),
        scope=TokenScope.OFFICE_READ,
        readable=lambda actor: User.objects.filter(pk=actor.user_id),
        shown=lambda ids: {pk: Shown("Bonjour", "/") for pk in ids},
    )
)
"""What each of the seven may be told."""


@dataclass(slots=True)
class Home:
    """A household with all that hangs on it."""

    lease: Lease
    account: int
    case: ArrearsCase
    demand: RentDemand
    ticket: Ticket
    photo: Photo
    signal_photo: Photo
    alert: Alert
    planned: Contact
    met: Contact
    notes: dict[str, Note]
    measure: Measure


@dataclass(slots=True)
class World:
    """Who is there, and what each URL's parameter may name: `mine`, `theirs` (somebody else's)."""

    people: dict[str, User]
    others: dict[str, User]
    mine: Home
    theirs: Home
    hidden: Home
    objects: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Parameter kind → (one's own, somebody else's, the hidden one's where it has one)."""
    per_role: dict[str, dict[str, int]] = field(default_factory=dict)
    """What each of the seven people has of their own: jobs that they started, tokens."""
    papers: dict[bytes, str] = field(default_factory=dict)
    """What the PDFs say that are kept since the house was built, by their bytes (`readings.read_papers`)."""

    def own(self, kind: str, role: str) -> Any:
        """One's own object of this kind."""
        return self.per_role[kind][role] if kind in self.per_role else self.objects[kind][0]


def _let(name: str, phone: str, street: str, rent: str, manager: User, *, protected: bool = False) -> Lease:
    lease = make_let(name=name, rent=rent, charges="0", start=date(2026, 9, 1), due_day=1)
    _, first, last = name.split(" ")
    Person.objects.filter(memberships__household=lease.household).update(
        first_name=first, last_name=last, phone=phone, is_address_protected=protected
    )
    lease.household.manager = manager
    lease.household.save(update_fields=["manager"])
    building = lease.unit.dwelling.building
    building.street, building.name = street, ""
    building.save()
    if protected:
        lease.unit.dwelling.reference = HIDDEN_CODE
    lease.unit.dwelling.safety_notice, lease.unit.dwelling.access_notes = SAFETY, ACCESS_NOTES
    lease.unit.dwelling.save()
    return lease


def _works(lease: Lease, technician: User, manager: User, contact: str) -> tuple[Ticket, Photo, Photo]:
    """A job done last week with a photo, a signal with another, and a job today."""
    # Who opens a request at a protected address is in charge of it.
    desk, hand = Actor.of(lease.household.manager or manager), Actor.of(technician)

    def asked(title: str) -> Ticket:
        return tickets.open_ticket(
            dwelling=lease.unit.dwelling, household=lease.household, trade="PLUMBING", title=title,
            contact_name=contact, actor=desk, request_key=uuid4(),
        )  # fmt: skip

    done = tickets.plan(ticket=asked("Robinet"), on=TODAY, to=technician, actor=desk)
    tickets.start(ticket=done, actor=hand)
    done.refresh_from_db()
    tickets.close(ticket=done, paid_by="LANDLORD", after=[make_picture()], actor=hand)
    signal = tickets.send_signal(ticket=done, kind="UNWELL", actor=hand, request_key=uuid4(), photo=make_picture())
    today = tickets.plan(ticket=asked("Chasse"), to=technician, on=TODAY, at=time(10), actor=desk)
    return today, Photo.objects.get(intervention__ticket=done), Photo.objects.get(signal=signal)


def _followed(
    lease: Lease, case: ArrearsCase, worker: User, reader: User | None, words: tuple[str, str, str, str, str, str]
) -> dict[str, Any]:
    """The social file: referent, four notes, a visit to come, a measure, an answered alert and an open one."""
    private, team, shared, sealed, fact, step = words
    household, actor = lease.household, Actor.of(worker)
    make_referent(household=household, user=worker)
    for level, text in (("PRIVATE", private), ("SHARED", shared), ("SEALED", sealed)):
        log_contact(
            household=household, kind="VISIT", day=TODAY, request_key=uuid4(), note=text, level=level, actor=actor,
            readers=[reader or make_user(role=Role.SOCIAL_WORKER)] if level == "SEALED" else [],
        )  # fmt: skip
    write_note(household=household, text=team, level="TEAM", actor=actor)
    note_difficulties(household=household, kinds=[DIFFICULTY], on=TODAY, seen="", actor=actor)
    record_social_answer(
        case=case,
        contact_made=True,
        cause=CAUSE,
        hold_until=HOLD_DAYS.get(step, date(2026, 11, 20)),
        next_step="FSL",
        next_step_on=STEP_DAYS.get(step, date(2027, 2, 25)),
        actor=actor,
    )
    alert = Alert.objects.create(
        household=household, case=case, rule="R1", level="NORMAL", assignee=worker, ack_due_on=date(2026, 11, 12),
        answer_due_on=date(2026, 11, 26),
    )  # fmt: skip
    AlertFact.objects.create(
        alert=alert, rule="R1", key=f"R1:{case.pk}:x", reasons=[Reason(AlertWhy.AS_WRITTEN, {"text": fact}).to_json()]
    )
    acknowledge(alert=alert, actor=actor)
    return {
        "alert": alert,
        "planned": plan_contact(household=household, kind="VISIT", day=TODAY, request_key=uuid4(), actor=actor),
        "met": log_contact(household=household, kind="CALL", day=TODAY, request_key=uuid4(), actor=actor),
        "notes": {note.level: note for note in Note.objects.filter(household=household)},
        "measure": open_measure(
            household=household, kind="MASP2", start=date(2026, 10, 1), planned_end=date(2027, 3, 31),
            referent=worker, actor=actor,
        ),
    }  # fmt: skip


def _renewal(home: Home) -> Renewal:
    """A renewal of its measure that was refused."""
    home.measure.refresh_from_db()
    first = home.measure.planned_end + timedelta(days=1)
    return Renewal.objects.get_or_create(
        measure=home.measure,
        defaults={
            "period": period(first, first + timedelta(days=200)), "proposed_on": TODAY, "proposed_by": "DEPT",
            "decision": "REFUSED", "decided_on": TODAY,
        },
    )[0]  # fmt: skip


def _former_kind(home: Home) -> FormerKind:
    """It was a MASP 1 in its first days."""
    return FormerKind.objects.get_or_create(
        measure=home.measure, defaults={"kind": "MASP1", "until": date(2026, 10, 20)}
    )[0]


def _support_letter(home: Home) -> SupportLetter:
    """The letter of the start of its measure, which it has not had yet."""
    LetterText.objects.get_or_create(moment="START", version=1, defaults={"body": "Bonjour"})
    standing = SupportLetter.objects.filter(measure=home.measure).first()
    return standing or write_letter(measure=home.measure, moment="START", actor=Actor.of(home.planned.author))


def _signature(home: Home) -> AgreementSignature:
    """The association signed the contract of its measure."""
    standing = AgreementSignature.objects.filter(agreement__measure=home.measure).first()
    if standing is not None:
        return standing
    MaspContract.objects.get_or_create(
        measure=home.measure,
        defaults={
            "threat": "HEALTH", "consented_on": TODAY, "works_on": ["RENT"], "benefits": ["RSA"], "uses": ["RENT"],
        },
    )  # fmt: skip
    agreement = draw_up(measure=home.measure, actor=Actor.of(home.planned.author))
    AgreementScan.objects.create(agreement=agreement, blob=home.photo.blob, name="contrat.jpg")
    return AgreementSignature.objects.create(
        agreement=agreement, party="HOUSE", on=TODAY, name="Camille", digest=agreement.digest
    )


def _assessment(home: Home) -> Assessment:
    return Assessment.objects.get_or_create(measure=home.measure, moment="START", defaults={"on": TODAY, "job": 2})[0]


def _review(home: Home) -> ObjectiveReview:
    """Its objective moved on."""
    aim, _ = Objective.objects.get_or_create(
        measure=home.measure, text=f"Payer le 5, {home.lease.household_id}", defaults={"theme": "SOLVENCY"}
    )
    return ObjectiveReview.objects.get_or_create(objective=aim, on=TODAY, defaults={"how_far": "MOVES"})[0]


def _commission() -> Commission:
    """Of today, with one member."""
    row, _ = Commission.objects.get_or_create(kind="MASP", held_on=TODAY, defaults={"entries_until": TODAY})
    CommissionMember.objects.get_or_create(commission=row, function="Cadre d’accompagnement")
    return row


def _commission_item(home: Home) -> CommissionItem:
    """An AEB is asked for the household."""
    return CommissionItem.objects.get_or_create(
        commission=_commission(), household=home.lease.household,
        defaults={"ask": "OPENING", "kind": "AEB", "months": 6, "referent": home.planned.author, "rank": 1},
    )[0]  # fmt: skip


def _funding_line() -> FundingLine:
    """Of the conseil départemental, for the MASP 2."""
    funder = Organisation.objects.get(name="Conseil départemental")
    return FundingLine.objects.get_or_create(
        funder=funder,
        kind="MASP2",
        defaults={"reference": "2026", "period": period(date(2026, 1, 1), date(2027, 1, 1)), "places": 3},
    )[0]


def _funding_share(home: Home) -> FundingShare:
    """A fifth of the measure."""
    days = period(home.measure.period.lower, home.measure.period.upper)
    return FundingShare.objects.get_or_create(
        measure=home.measure, defaults={"funder": _funding_line().funder, "parts": (0, 20), "period": days}
    )[0]


def _ended(home: Home) -> Measure:
    """A measure of September, with what follows it: a step, an orientation, a request to begin again."""
    days = period(date(2026, 8, 1), date(2026, 9, 16))
    row, is_new = Measure.objects.get_or_create(
        household=home.lease.household,
        kind="T1",
        defaults={
            "referent": home.measure.referent, "is_lead": False, "period": days, "planned_end": date(2026, 9, 15),
            "ended_on": date(2026, 9, 15), "end_reason": "GOALS",
        },
    )  # fmt: skip
    if is_new:
        of = {"measure": row, "ended_on": row.ended_on}
        Watch.objects.create(**of, kind="WATCH", months=2, due_on=date(2026, 11, 15))
        Orientation.objects.create(**of, service="CCAS")
        Intensity.objects.create(measure=row, level="LIGHT", from_day=date(2026, 8, 1))
        ChainDay.objects.create(measure=row, link="DIAG", on=date(2026, 7, 20))
        Carrier.objects.create(
            measure=row, organisation=_funding_line().funder, role="MEMBER", period=period(date(2026, 8, 1))
        )
        told = Diagnosis.objects.create(household=row.household, on=date(2026, 8, 10), author=home.measure.referent)
        DiagnosisLine.objects.create(diagnosis=told, theme="BUDGET", standing="WORK")
        Refusal.objects.create(household=row.household, what="VISIT", on=date(2026, 8, 10))
        Reopening.objects.create(
            former=row, ended_on=row.ended_on, asked_by="HOUSE", asked_on=date(2026, 11, 1), reasons=["DEBT"]
        )
    return row


def build() -> World:
    """The whole house, on the played day."""
    make_association()
    funder_body = make_organisation(kinds=[OrganisationKind.FUNDER], name="Conseil départemental")
    people = {role: make_user(role=role, last_name=f"Equipe-{role}", organisation=funder_body) for role in Role.values}
    others = {
        role: make_user(role=role, last_name=f"Collegue-{role}")
        for role in (Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.SOCIAL_WORKER)
    }
    team = make_team(name="Équipe du centre")
    team.members.add(people[Role.RENTAL_MANAGER], people[Role.TECHNICIAN])
    manager, boss = people[Role.RENTAL_MANAGER], others[Role.RENTAL_MANAGER]
    desk = Actor.of(manager)
    leases = [
        _let(MINE, MY_PHONE, MY_STREET, MY_RENT, manager),
        _let(THEIRS, THEIR_PHONE, THEIR_STREET, THEIR_RENT, boss),
        _let(HIDDEN, HIDDEN_PHONE, HIDDEN_STREET, HIDDEN_RENT, boss, protected=True),
    ]
    # In time: asked after its due day, a demand leaves days to pay.
    with clock.travel(date(2026, 11, 1)):
        run = launch_run(month=Month(2026, 11), actor=desk)
        drain()
    run.refresh_from_db()
    accounts = tenant_accounts([lease.pk for lease in leases])
    bank = make_bank_account()
    make_bank_known(until=TODAY - timedelta(days=1), bank_account=bank)
    payment = take_payment(
        account=RentDemand.objects.get(lease=leases[0]).account, method="CASH", amount=Decimal("10.00"),
        received_on=TODAY, request_key=uuid4(), actor=desk,
    )  # fmt: skip
    detect_arrears(day=TODAY, actor=Actor.system())

    worker, colleague = people[Role.SOCIAL_WORKER], others[Role.SOCIAL_WORKER]
    mine_words = (MY_PRIVATE, MY_TEAM, MY_SHARED, MY_SEALED, MY_FACT, MY_STEP)
    their_words = (THEIR_PRIVATE, THEIR_TEAM, THEIR_SHARED, THEIR_SEALED, THEIR_FACT, THEIR_STEP)
    homes = []
    for lease, technician, follower, words in zip(
        leases,
        (people[Role.TECHNICIAN], others[Role.TECHNICIAN], others[Role.TECHNICIAN]),
        (worker, colleague, colleague),
        (mine_words, their_words, tuple(f"{word} bis" for word in their_words)),
        strict=True,
    ):
        case = ArrearsCase.objects.get(account_id=accounts[lease.pk])
        contact = MY_CONTACT_NAME if lease is leases[0] else "Voisin"
        ticket, photo, signal_photo = _works(lease, technician, manager, contact)
        social = _followed(lease, case, follower, None, words)  # type: ignore[arg-type]
        request_help(case=case, actor=desk)
        homes.append(
            Home(
                lease=lease, account=accounts[lease.pk], case=case, demand=RentDemand.objects.get(lease=lease),
                ticket=ticket, photo=photo, signal_photo=signal_photo, **social,
            )
        )  # fmt: skip
    world = World(people, others, *homes)
    world.objects = _objects(world, desk, run, payment, bank, team)
    _write_words(world)
    return world


FREE_WORDS: dict[type[Model], tuple[str, tuple[str, ...]]] = {
    Alert: ("household", ("reassign_reason",)),
    CommissionItem: ("household", ("despite", "words")),
    Measure: ("household", ("advice", "despite")),
    Objective: ("measure__household", ("early_why", "household_does", "house_does", "text")),
    Referral: ("household", ("contact_name", "despite")),
}
"""What the social service writes in words, beside notes: by model, the way to the household and the fields."""


def _write_words(world: World) -> None:
    """A word to listen for in each of them, whatever service wrote there, where the row may have one."""
    for model, (way, names) in FREE_WORDS.items():
        for home, word in ((world.mine, MY_WORDS), (world.theirs, THEIR_WORDS), (world.hidden, f"{THEIR_WORDS} bis")):
            for pk in model._default_manager.filter(**{way: home.lease.household}).values_list("pk", flat=True):
                for name in names:
                    with suppress(IntegrityError), transaction.atomic():
                        model._default_manager.filter(pk=pk).update(**{name: f"{word} {name}"})


def _each(world: World, read: Any) -> tuple[Any, Any, Any]:
    return read(world.mine), read(world.theirs), read(world.hidden)


def _file_request(home: Home) -> FileRequest:
    household = home.lease.household
    person = Person.objects.get(memberships__household=household)
    return note_request(household=household, person=person, asked_on=TODAY, actor=Actor.of(home.planned.author))


def _referral(home: Home) -> Referral:
    """Of its household, followed by its referent, and in assessment."""
    found = Referral.objects.filter(household=home.lease.household).first()
    if found is None:
        worker = Actor.of(home.planned.author)
        asked = {
            "received_on": TODAY, "referrer": "HOUSEHLD", "aims": ["KEEPING"], "is_mine": True,
            "exclusions": [Exclusion.HOSTED], "despite": "Elle en sort",
        }  # fmt: skip
        found = receive(household=home.lease.household, actor=worker, **asked)
        note_step(referral=found, state="ASSESSED", on=TODAY, actor=worker)
        open_state(referral=found, actor=worker)
    return found


def _right(home: Home, amount: str) -> RightFact:
    """One of health that was refused, and the housing aid, which is given back."""
    person = Person.objects.get(memberships__household=home.lease.household)
    said = [
        Said(RightKind.DISABLED, person, "REFUSED", TODAY),
        Said(RightKind.HOUSING, None, "OPEN", TODAY, amount=Decimal(amount)),
    ]
    facts = note_rights(household=home.lease.household, said=said, actor=Actor.of(home.planned.author))
    return facts[-1]


def _budget(home: Home, amount: str) -> Budget:
    budget = Budget.objects.create(
        household=home.lease.household, on=TODAY, older=1, rent=1, aid=0, source="SAID", author=home.planned.author
    )
    BudgetAmount.objects.create(budget=budget, kind="WORK", amount=Decimal(amount))
    return budget


def _partner_link(home: Home) -> PartnerLink:
    """A doctor, who may be told nothing."""
    actor = Actor.of(home.planned.author)
    doctor = save_partner(name=PARTNER, function="DOCTOR", actor=actor)
    return write_link(household=home.lease.household, partner=doctor, since=TODAY, actor=actor)


def _furniture(home: Home) -> FurnitureItem:
    """A bed that is awaited; the energy contract is made."""
    facts = {"household": home.lease.household, "actor": Actor.of(home.planned.author)}
    tick(step="ENERGY", on=TODAY, **facts)
    return write_furniture(kind="BED", **facts)


def _absence(world: World) -> Absence:
    """Far from the day that is played: it gives nobody anything."""
    absence = Absence.objects.create(
        user=world.people[Role.SOCIAL_WORKER], stand_in=world.others[Role.SOCIAL_WORKER],
        period=period(date(2027, 6, 1), date(2027, 6, 15)),
    )  # fmt: skip
    StandIn.objects.create(
        absence=absence, household=world.mine.lease.household, user=world.people[Role.HEAD_OF_SOCIAL]
    )
    return absence


def _objects(world: World, desk: Actor, run: Any, payment: Any, bank: Any, team: Any) -> dict[str, tuple[Any, ...]]:
    mine = world.mine
    drop(
        camt(written(bank, movement("40.00", label=BANK_LABEL, name=BANK_NAME), movement("41.00", name=BANK_NAME))),
        actor=desk,
    )
    right = make_right(lease=mine.lease, start=date(2026, 12, 1))
    import_benefit_statement(
        data=b"allocataire;mois;montant\n9999999;11/2026;10,00\n", name="caf.csv", payer=right.payer, paid_on=TODAY,
        actor=desk,
    )  # fmt: skip
    BenefitLine.objects.update(right=right)
    hold = hold_letters(case=mine.case, until=date(2026, 11, 30), source="RENT", reason="Promesse", actor=desk)
    receipt = issue_receipt(demand=mine.demand, actor=desk)
    value = ParameterValue.objects.create(
        key=KEY, value=False, period=period(None), source="Essai", scope="ASSOCIATION", author=desk.user
    )
    world.per_role = {
        "job": {role: _job(user) for role, user in world.people.items()},
        "token": {role: _token(user) for role, user in world.people.items()},
        "saved_view": {role: _view(user) for role, user in world.people.items()},
        "notice": {role: _notice(user) for role, user in world.people.items()},
        "my_note": {
            **dict.fromkeys(world.people, mine.notes["SHARED"].pk),
            Role.HEAD_OF_SOCIAL: write_note(
                household=mine.lease.household,
                text="Vu en réunion",
                level="SHARED",
                actor=Actor.of(world.people[Role.HEAD_OF_SOCIAL]),
            ).pk,
        },
    }
    other = world.others[Role.RENTAL_MANAGER]
    dwelling = make_dwelling()
    draft = create_lease(
        actor=desk, kind="SUBLEASE", household=make_household(), unit=dwelling.units.get(),
        agreement=make_agreement(dwellings=[dwelling]), from_day=date(2026, 12, 1), last_day=None, holder=None,
    )  # fmt: skip

    def alone(found: Any) -> tuple[Any, Any]:
        return found, found

    return {
        "household": _each(world, lambda home: home.lease.household_id),
        "person": _each(world, lambda home: Person.objects.get(memberships__household=home.lease.household).pk),
        "membership": _each(world, lambda home: Membership.objects.get(household=home.lease.household).pk),
        "lease": _each(world, lambda home: home.lease.pk),
        "draft": alone(draft.pk),
        "party": _each(world, lambda home: home.lease.parties.get().pk),
        "wish": _each(world, lambda home: _wish(home).pk),
        "dwelling": _each(world, lambda home: home.lease.unit.dwelling_id),
        "vacancy_told": alone(_told(dwelling).pk),
        "agreement": _each(world, lambda home: home.lease.agreement_id),
        "agreement_line": _each(world, lambda home: home.lease.agreement.lines.get().pk),
        "account": _each(world, lambda home: home.account),
        "entry": _each(world, lambda home: home.demand.entry_id),
        "case": _each(world, lambda home: home.case.pk),
        "demand": _each(world, lambda home: home.demand.pk),
        "ticket": _each(world, lambda home: home.ticket.pk),
        "photo": _each(world, lambda home: home.photo.uuid),
        "signal": _each(world, lambda home: home.signal_photo.signal_id),
        "signal_photo": _each(world, lambda home: home.signal_photo.uuid),
        "alert": _each(world, lambda home: home.alert.pk),
        "contact": _each(world, lambda home: home.planned.pk),
        "visit": _each(world, lambda home: noted_visit(home).contact_id),
        "incident": _each(world, lambda home: incident_of(home).pk),
        "met": _each(world, lambda home: home.met.pk),
        "past_contact": _each(world, lambda home: home.notes["PRIVATE"].contact_id),
        "note": _each(world, lambda home: home.notes["SEALED"].pk),
        "shared_note": _each(world, lambda home: home.notes["SHARED"].pk),
        "my_note": _each(world, lambda home: home.notes["SHARED"].pk),
        "measure": _each(world, lambda home: home.measure.pk),
        "support_contract": _each(world, lambda home: _signature(home).agreement_id),
        "support_letter": _each(world, lambda home: _support_letter(home).pk),
        "letter_moment": alone("START"),
        "contract_scan": _each(world, lambda home: _signature(home).agreement.scans.get().uuid),
        "contract_signature": _each(world, lambda home: _signature(home).pk),
        "assessment": _each(world, lambda home: _assessment(home).pk),
        "objective": _each(world, lambda home: _review(home).objective_id),
        "objective_review": _each(world, lambda home: _review(home).pk),
        "commission": alone(_commission().pk),
        "commission_member": alone(_commission().members.get().pk),
        "commission_item": _each(world, lambda home: _commission_item(home).pk),
        "funding_line": alone(_funding_line().pk),
        "funding_share": _each(world, lambda home: _funding_share(home).pk),
        "renewal": _each(world, lambda home: _renewal(home).pk),
        "ended_measure": _each(world, lambda home: _ended(home).pk),
        "watch": _each(world, lambda home: _ended(home).watches.get().pk),
        "intensity": _each(world, lambda home: _ended(home).intensities.get().pk),
        "carrier": _each(world, lambda home: _ended(home).carriers.get().pk),
        "diagnosis": _each(world, lambda home: _ended(home).household.diagnoses.get().pk),
        "refusal": _each(world, lambda home: _ended(home).household.refusals.get().pk),
        "orientation": _each(world, lambda home: _ended(home).orientations.get().pk),
        "reopening": _each(world, lambda home: _ended(home).reopenings.get().pk),
        "former_kind": _each(world, lambda home: _former_kind(home).pk),
        "file_request": _each(world, lambda home: _file_request(home).pk),
        "referral": _each(world, lambda home: _referral(home).pk),
        "referral_link": _each(world, lambda home: _referral(home).links.get(revoked_at=None).pk),
        "referral_state": alone("COMMISS"),
        "referral_step": _each(world, lambda home: _referral(home).steps.latest("pk").pk),
        "right_fact": _each(world, lambda home: _right(home, MY_RIGHT if home is mine else THEIR_RIGHT).pk),
        "right_kind": alone("RSA"),
        "budget": _each(world, lambda home: _budget(home, MY_BUDGET if home is mine else THEIR_BUDGET).pk),
        "absence": alone(_absence(world).pk),
        "run": alone(run.pk),
        "payment": alone(payment.pk),
        "receipt": alone(receipt.pk),
        "hold": alone(LetterHold.objects.get(pk=hold.pk).pk),
        "decision": alone(
            CaseDecision.objects.create(case=world.mine.case, proposed="CALL", decision="CONFIRM", action="NOTHING").pk
        ),
        "plan_of_paper": _each(world, lambda home: _plan_paper(home).plan_id),
        "plan_paper": _each(world, lambda home: _plan_paper(home).uuid),
        "repayment_plan": _each(world, lambda home: _plan(home).pk),
        "payer_report": _each(world, lambda home: _report(home).pk),
        "report_proof": _each(world, lambda home: _report(home).proofs.get().uuid),
        "procedure_step": _each(world, lambda home: _procedure_step(home).pk),
        "step_proof": _each(world, lambda home: _procedure_step(home).proofs.get().uuid),
        "step_kind": alone("SEIZED"),
        "formal_notice": _each(world, lambda home: _formal_notice(home).uuid),
        "registered_proof": _each(world, lambda home: _formal_notice(home).registered.proofs.get().uuid),
        "freeze_step": _each(world, lambda home: _freeze_step(home).pk),
        "retention": _each(world, lambda home: _retention(home).pk),
        "credit_choice": _each(world, lambda home: _credit_choice(home).pk),
        "refund_file": alone(_refund_file(world.mine).pk),
        "refund_transfer": alone(_refund_file(world.mine).transfers.get().pk),
        "write_off": _each(world, lambda home: _write_off(home).pk),
        "write_off_paper": _each(world, lambda home: _write_off(home).papers.get().uuid),
        "recovery": _each(world, lambda home: _write_off(home).recoveries.get().pk),
        "guarantee": _each(world, lambda home: _claim(home).guarantee_id),
        "guarantee_deed": _each(world, lambda home: _claim(home).guarantee.deeds.get().uuid),
        "claim": _each(world, lambda home: _claim(home).pk),
        "claim_paper": _each(world, lambda home: _claim(home).papers.get().uuid),
        "guarantor_payment": _each(world, lambda home: _claim(home).payments.get().pk),
        "guarantor_notice": _each(world, lambda home: _claim(home).guarantee.notices.get().pk),
        "bank_account": alone(bank.pk),
        "bank_line": alone(BankLine.objects.order_by("pk").first().pk),  # type: ignore[union-attr]
        "statement": alone(BankStatement.objects.order_by("-pk").first().pk),  # type: ignore[union-attr]
        "benefit_line": alone(BenefitLine.objects.get().pk),
        "benefit_statement": alone(BenefitStatement.objects.get().pk),
        "right": alone(right.pk),
        "organisation": alone(mine.lease.agreement.owner_id),
        "aid_scheme": alone(_scheme().pk),
        "aid_file": _each(world, lambda home: _aid_file(home).pk),
        "aid_step": _each(world, lambda home: _aid_file(home).steps.latest("pk").pk),
        "aid_step_kind": alone("PAID"),
        "aid_paper": _each(world, lambda home: _aid_file(home).papers.get().uuid),
        "iban_change": alone(
            IbanChange.objects.create(
                organisation=mine.lease.agreement.owner,
                iban=make_iban(number=9_999),
                asked_by=world.people[Role.RENTAL_MANAGER],
            ).pk
        ),
        "user": alone(world.others[Role.TECHNICIAN].pk),
        "grant": alone(world.others[Role.TECHNICIAN].grants.get().pk),
        "staff_request": alone(
            StaffRequest.objects.create(
                act="LINK", user=world.people[Role.SOCIAL_WORKER], asked_by=world.people[Role.ADMINISTRATOR]
            ).pk
        ),
        "team": alone(team.pk),
        "value": alone(value.pk),
        "key": alone(KEY),
        "job": (run.job_id, _job(other)),
        "replay": alone(_replay(world.people[Role.DIRECTOR])),
        "saved_view": alone(_view(other)),
        "notice": alone(_notice(other)),
        "token": (world.per_role["token"][Role.RENTAL_MANAGER], _token(other)),
        "digest": alone("0" * 64),
        "month": alone("2026-12"),
        "message": _each(world, lambda home: _message(home).uuid),
        "letter": _each(world, lambda home: _message(home, _paper(home)).uuid),
        "instant": alone("2026-11-05T09:00:00+01:00"),
        "message_kind": alone("courtesy"),
        "channel": alone("email"),
        "task": alone(_task(mine).pk),
        "partner_link": _each(world, lambda home: _partner_link(home).pk),
        "partner": alone(Partner.objects.all()[0].pk),
        "settling_step": alone("ENERGY"),
        "settling_act": alone("fait"),
        "furniture": _each(world, lambda home: _furniture(home).pk),
        "gesture": _each(world, lambda home: Difficulty.objects.get(household=home.lease.household).noted_in),
    }


def _scheme() -> AidScheme:
    scheme, _ = AidScheme.objects.get_or_create(
        name="FSL maintien", from_day=TODAY,
        defaults={"organisation": make_organisation(name="FSL"), "needs": ["DEBT"], "gives": "BOTH", "source": "x"},
    )  # fmt: skip
    return scheme


def _aid_file(home: Home) -> AidFile:
    """Refused, granted on appeal, a part of it paid; with a paper."""
    file, is_new = AidFile.objects.get_or_create(
        household=home.lease.household, scheme=_scheme(), need="DEBT", account_id=home.account,
        defaults={"opened_on": TODAY, "asked": 900},
    )  # fmt: skip
    if is_new:
        for step in (
            {"kind": "SENT"}, {"kind": "REFUSED", "why": AID_REFUSED}, {"kind": "APPEALED"},
            {"kind": "GRANTED", "grant": 800, "loan": 0}, {"kind": "PAID", "amount": 100, "payee": "HOUSEHOLD"},
        ):  # fmt: skip
            AidFileStep.objects.create(file=file, on=TODAY, **step)
        AidPaper.objects.create(file=file, blob=home.photo.blob, name="décision.jpg")
    return file


def _told(dwelling: Dwelling) -> VacancyTold:
    return VacancyTold.objects.create(dwelling=dwelling, reason="WORKS", since=clock.today())


def _plan(home: Home) -> RepaymentPlan:
    plan, _ = RepaymentPlan.objects.get_or_create(account_id=home.account, signed_on=None)
    PlanInstalment.objects.get_or_create(plan=plan, due_on=TODAY, defaults={"amount": 1})
    return plan


def _plan_paper(home: Home) -> PlanPaper:
    """The paper of a plan that is over."""
    paper = PlanPaper.objects.filter(plan__account=home.account).first()
    if paper is not None:
        return paper
    RepaymentPlan.objects.filter(account_id=home.account, signed_on=None).delete()
    plan = RepaymentPlan.objects.create(account_id=home.account)
    posting = Posting.objects.filter(debit_id=home.account).order_by("pk")[0]
    PlanDebt.objects.create(plan=plan, posting=posting, amount=1)
    PlanInstalment.objects.create(plan=plan, due_on=TODAY, amount=1)
    RepaymentPlan.objects.filter(pk=plan.pk).update(signed_on=TODAY, ended_on=TODAY, end="KEPT")
    return PlanPaper.objects.create(plan=plan, blob=home.photo.blob, name="accord.jpg")


def _report(home: Home) -> PayerReport:
    """A report that says little, with a proof."""
    facts = {
        "kind": "DEPARTURE", "household": "x", "home": [], "lease": "x", "contract": "x", "aid": None, "steps": [],
        "start": TODAY.isoformat(), "since": TODAY.isoformat(),
    }  # fmt: skip
    report, is_new = PayerReport.objects.get_or_create(
        kind=ReportKind.ARREARS, lease=home.lease, case=home.case, since_on=TODAY,
        defaults={"payer": make_payer(), "due_on": TODAY, "drawn_on": TODAY, "facts": facts},
    )  # fmt: skip
    if is_new:
        report.document = make_document(
            kind="payer_report", number=f"DECL-{report.pk}", title="Départ", data=facts, actor=Actor.system()
        )
        report.save(update_fields=["document"])
        ReportProof.objects.create(report=report, blob=home.photo.blob, name="accusé.jpg")
    return report


def _procedure_step(home: Home) -> ProcedureStep:
    """A step that moves nothing on, with its proof."""
    procedure, _ = Procedure.objects.get_or_create(account_id=home.account, track="LEASE")
    step, is_new = ProcedureStep.objects.get_or_create(procedure=procedure, kind="SEIZED", on=TODAY)
    if is_new:
        StepProof.objects.create(step=step, blob=home.photo.blob, name="accusé.jpg")
    return step


def _formal_notice(home: Home) -> Message:
    """A formal notice that was posted, with its proof."""
    data = {"recipient": ["x"], "before": ["x"], "after": [], "terms": [], "total": "0.00", "payment_reference": "x",
            "bank": {}}  # fmt: skip
    paper = make_document(
        kind="formal_notice", number=f"COUR-X{home.case.pk}", title="x", data=data, actor=Actor.system()
    )
    message, is_new = Message.objects.get_or_create(
        key=f"formal:x{home.case.pk}",
        defaults={
            "kind": "FORMAL", "channel": "PAPER", "about": "arrears_case", "about_id": home.case.pk, "addressee": "x",
            "household_id": home.lease.household_id, "text_version": 0, "subject": "x", "body": "x", "document": paper,
            "state": "SENT", "sent_at": clock.now(), "values": {"somme": "x"},
        },
    )  # fmt: skip
    if is_new:
        letter = RegisteredLetter.objects.create(
            case=home.case, message=message, posted_on=TODAY, number=f"2C{home.case.pk:011}"
        )
        RegisteredProof.objects.create(letter=letter, blob=home.photo.blob, name="reçu.jpg")
    return message


def _freeze_step(home: Home) -> FreezeStep:
    person = home.lease.parties.all()[0].person
    freeze, _ = DebtFreeze.objects.get_or_create(person=person, ended_on=None)
    step, _ = FreezeStep.objects.get_or_create(freeze=freeze, kind="ADMISSIBLE", on=TODAY)
    return step


def _retention(home: Home) -> BenefitRetention:
    """Aid of months long gone, that the payer kept."""
    kept = {"lease": home.lease, "period": period(date(2020, 1, 1), date(2020, 2, 1)), "outcome": "CONFORM"}
    retention, _ = BenefitRetention.objects.get_or_create(**kept, defaults={"told_on": TODAY})
    return retention


def _credit_choice(home: Home) -> CreditChoice:
    """What was decided of a credit, which is gone since."""
    choice, _ = CreditChoice.objects.get_or_create(account_id=home.account, use="KEEP", until=TODAY)
    return choice


def _refund_file(home: Home) -> RefundFile:
    """A file that was not given to the bank, of a refund that is over."""
    file = RefundFile.objects.first()
    if file is None:
        file = RefundFile.objects.create(
            reference="REMB-1", bank_account=BankAccount.objects.all()[0], execute_on=TODAY, count=1, total=1,
            sha256="0" * 64, content="<x/>",
        )  # fmt: skip
        choice = _credit_choice(home)
        KnownIban.objects.get_or_create(iban=choice.iban, account=choice.account, defaults={"since": TODAY})
        RefundTransfer.objects.create(file=file, choice=choice, name="x", amount=1)
    return file


def _write_off(home: Home) -> WriteOff:
    """One that waits, with a paper and what it would give up."""
    posting = Posting.objects.filter(debit_id=home.account).order_by("pk")[0]
    row = WriteOff.objects.filter(account=home.account).first()
    if row is None:
        row = WriteOff.objects.create(
            account_id=home.account, kind="LOSS", why="UNTRACED", amount=1, of_two=False, asked_by=make_user()
        )
        WriteOffItem.objects.create(write_off=row, posting=posting, amount=1)
        WriteOffPaper.objects.create(write_off=row, blob=home.photo.blob, name="certificat.jpg")
        Recovery.objects.create(write_off=row, amount=1, entry=posting.entry)
    return row


def _claim(home: Home) -> GuaranteeClaim:
    """What was asked of a guarantor, with its deed, a letter that waits, a paper and a payment."""
    claim = GuaranteeClaim.objects.filter(account=home.account).first()
    if claim is not None:
        return claim
    posting = Posting.objects.filter(debit_id=home.account).order_by("pk")[0]
    row = Guarantee.objects.create(
        lease=home.lease, kind="VISALE", reference="V1", period=period(TODAY),
        body=make_organisation(kinds=[OrganisationKind.GUARANTOR]),
    )  # fmt: skip
    GuaranteeDeed.objects.create(guarantee=row, blob=home.photo.blob, name="visa.jpg")
    facts = {
        "kind": "VISALE", "surety": False, "reference": "V1", "household": "x", "lease": "x", "contract": "x",
        "start": TODAY.isoformat(), "day": TODAY.isoformat(), "months": [], "total": "0.00",
    }  # fmt: skip
    paper = make_document(
        kind="guarantor_notice", number=f"GARANT-X{row.pk}", title="x", data={**facts, "recipient": ["x"]},
        actor=Actor.system(),
    )  # fmt: skip
    GuarantorNotice.objects.create(
        account_id=home.account, guarantee=row, total=1, facts=facts, drawn_on=TODAY, document=paper
    )
    claim = GuaranteeClaim.objects.create(account_id=home.account, guarantee=row, asked_on=TODAY, amount=2)
    ClaimItem.objects.create(claim=claim, posting=posting, amount=2)
    ClaimPaper.objects.create(claim=claim, blob=home.photo.blob, name="accord.jpg")
    GuarantorPayment.objects.create(claim=claim, amount=1, paid_on=TODAY, entry=posting.entry)
    return claim


def _wish(home: Home) -> PaperWish:
    person = home.lease.parties.get().person
    return PaperWish.objects.create(
        lease=home.lease, kind=WishKind.EMAIL, person=person, given_on=TODAY, proof="Clause signée au bail"
    )


def _message(home: Home, paper: Document | None = None) -> Message:
    """An SMS, or the letter with this paper."""
    values = {field.name: field.example for field in COURTESY.fields}
    channel = Channel.PAPER if paper else Channel.SMS
    [message] = write_messages(
        new=[
            NewMessage(
                key=f"essai:{channel}:{home.case.pk}", kind="COURTESY", channel=channel, about_id=home.case.pk,
                household_id=home.lease.household_id, addressee=home.lease.household.name,
                address="" if paper else "+33600000001", wording=Wording("", "Bonjour", 0), values=values,
                document=paper,
            )
        ],
        actor=Actor.system(),
    )  # fmt: skip
    return message


def _paper(home: Home) -> Document:
    return make_document(
        kind="letter", number=f"essai-{home.case.pk}", title="Des nouvelles", actor=Actor.system(),
        data={"recipient": [home.lease.household.name], "paragraphs": ["Bonjour"]},
    )  # fmt: skip


def _task(home: Home) -> Task:
    """What the case asks of the rental managers."""
    return Task.objects.create(kind=ArrearsDuty.REPORT, about=ABOUT_CASE, about_id=home.case.pk, due_on=TODAY)


def _job(author: User) -> int:
    return Job.objects.create(
        kind="x", key=f"x:{author.pk}", title="Travail", author=author, state="FAILED", total=0, ended_at=clock.now()
    ).pk


def _replay(author: User) -> int:
    job = start_replay(values={"arrears.first_default_days": 8}, actor=Actor.of(author))
    drain(job.pk)
    return job.pk


def _view(user: User) -> int:
    return SavedView.objects.create(user=user, list="leases:households", name="Sortis", query="etat=sortis").pk


def _notice(user: User) -> int:
    return Notice.objects.create(user=user, kind=HELLO.code, about=HELLO.about, about_id=user.pk, key="hello").pk


def _token(user: User) -> int:
    scopes = [TokenScope.values[0]]
    return issue_token(label="Essai", scopes=scopes, expires_on=date(2027, 1, 1), actor=Actor.of(user))[0].pk
