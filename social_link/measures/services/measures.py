"""Measures of support: opened, closed, corrected, given to another."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from common import clock
from common.db import checked
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import brought_back, deleted, events_of
from common.periods import ONE_DAY, DateRange, period
from leases.models import Household, Lease
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import Organisation, User
from office.tasks.services.tasks import refresh_tasks
from social_link.contacts.perms import require_follows
from social_link.contacts.steps import refresh_steps
from social_link.measures.codes import (
    Aim,
    Exclusion,
    ExitOutcome,
    MeasureEnd,
    MeasureKind,
    OutcomeDomain,
    Paper,
    Proposer,
)
from social_link.measures.duties import NO_MEASURE, OF_MEASURE
from social_link.measures.locks import changeable, must_not_be_ended, second_lead
from social_link.measures.models import Measure
from social_link.measures.parameters import measure_rule
from social_link.measures.perms import require_social
from social_link.measures.queries import earlier_spans, ended_by_commission
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import (
    MeasureRule,
    Papers,
    Signed,
    exclusion_refusal,
    gate_refusal,
    paper_refusal,
    refusals,
)
from social_link.measures.services.referents import name_by_measure, unname_by_measure
from social_link.objectives.models import Objective, ObjectiveReview
from social_link.watches.codes import Service
from social_link.watches.models import Reopening
from social_link.watches.services.after import forget_after, plan_after, refresh_watches


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def open_measure(
    *,
    household: Household,
    kind: str,
    start: date,
    planned_end: date,
    referent: User,
    actor: Actor,
    funder: Organisation | None = None,
    agreed_on: date | None = None,
    signed_on: date | None = None,
    is_lead: bool = True,
    proposed_by: str = "",
    exclusions: Sequence[str] = (),
    despite: str = "",
    aims: Sequence[str] = (),
    after: Measure | None = None,
) -> Measure:
    """Open a measure within the bounds of its kind, `planned_end` included, with the papers that its text asks for; one
    lead at a time (`Conflict`).

    `exclusions`: what the caller answered that stands against it; another measure of ours on the budget is found here.
    `aims`: what it is for, of the four. `after`: the measure of the household that it takes up again, for its referent.
    `InvalidInput` with the code `excluded` where one does, and `despite` does not say why it begins.
    """
    if after is not None and after.household_id == household.pk:
        changeable(after, actor)
    elif not actor.is_system:
        require_follows(actor, household)
    if kind not in MeasureKind.values:
        raise InvalidInput("Choisissez la mesure.", field="kind")
    require_social(referent, max(start, clock.today()), "referent")
    Household.objects.select_for_update().get(pk=household.pk)
    _no_other_open(household, kind)
    if signed_on is not None and signed_on > clock.today():
        raise InvalidInput("La signature est aujourd’hui ou plus tôt.", field="signed_on")
    rule = measure_rule(kind, start)
    refused = refusals(rule, start=start, end=planned_end, earlier=earlier_spans(household, kind))
    if refused:
        raise InvalidInput(refused[0], field="planned_end", code="out_of_bounds")
    _check_papers(rule, Papers(funder is not None, signed_on, agreed_on))
    if kind == MeasureKind.MASP2 and signed_on is not None:
        raise InvalidInput(_BY_THREE, field="signed_on", code="papers")
    lease = _signed_with(household, rule, signed_on)
    if proposed_by and rule.proposers and proposed_by not in rule.proposers:
        who = ", ou ".join(proposer.label for proposer in Proposer if proposer in rule.proposers)
        raise InvalidInput(f"{rule.label} est proposée par : {who}.", field="proposed_by")
    stands = _standing(household, kind, exclusions, period(start, planned_end + ONE_DAY))
    if words := exclusion_refusal(rule, stands, despite):
        raise InvalidInput(words, field="despite", code="excluded")
    against = [code for code in stands if code in rule.exclusions]
    kept = _aims(aims)
    try:
        with transaction.atomic():
            row = Measure.objects.create(
                household=household, kind=kind, funder=funder, referent=referent, is_lead=is_lead, signed_on=signed_on,
                agreed_on=agreed_on, period=period(start, planned_end + ONE_DAY), planned_end=planned_end,
                lease=lease, proposed_by=proposed_by, exclusions=against, despite=despite.strip() if against else "",
                author=actor.user, aims=kept,
            )  # fmt: skip
    except IntegrityError as error:
        raise second_lead(household, start, planned_end) from error
    name_by_measure(row, actor)
    refresh_tasks(NO_MEASURE, ids=[household.pk], actor=actor)
    refresh_steps([household.pk], actor)
    refresh_watches(household.pk, actor)
    return row


def _aims(asked: Sequence[str]) -> list[Aim]:
    if any(code not in Aim.values for code in asked):
        raise InvalidInput("Choisissez parmi les quatre buts.", field="aims")
    return [code for code in Aim if code in asked]


def _no_other_open(household: Household, kind: str, but: Measure | None = None) -> None:
    """`Conflict` where a measure of this family is open: it goes on, or changes its type, instead of another one."""
    rows = Measure.objects.filter(household=household, kind__in=KINDS[MeasureKind(kind)].family, ended_on=None)
    other = (rows.exclude(pk=but.pk) if but else rows).order_by("period").first()
    if other is not None:
        raise Conflict(
            f"Une mesure {other.get_kind_display()} est déjà ouverte pour ce ménage, depuis le "
            f"{other.period.lower:%d/%m/%Y} : renouvelez-la, changez son type, ou terminez-la d’abord.",
            code="already_open",
        )


def _standing(household: Household, kind: str, answered: Sequence[str], days: DateRange) -> list[Exclusion]:
    """What stands against a measure on these days: what was answered, and a measure of ours on the budget."""
    if any(code not in Exclusion.values for code in answered):
        raise InvalidInput("Choisissez parmi les cas proposés.", field="exclusions")
    budget = [other for other, fixed in KINDS.items() if Exclusion.OTHER_SCHEME in fixed.exclusions]
    ours = Measure.objects.filter(household=household, kind__in=budget, period__overlap=days)
    known = Exclusion.OTHER_SCHEME in KINDS[MeasureKind(kind)].exclusions and ours.exists()
    found = set(answered) | ({Exclusion.OTHER_SCHEME} if known else set())
    return [code for code in Exclusion if code in found]


_BY_THREE = "Une MASP 2 se signe à trois : les jours se notent sur son contrat, une fois la mesure ouverte."
_AT_THE_END = ("outcome", "domains", "advice")
_FIELDS = {Paper.FUNDER: "funder", Paper.CONTRACT: "signed_on", Paper.AGREEMENT: "agreed_on"}


def _check_papers(rule: MeasureRule, papers: Papers) -> None:
    lack = paper_refusal(rule, papers, today=clock.today())
    if lack is not None:
        raise InvalidInput(lack.words, field=_FIELDS[lack.paper], code="papers")


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def complete_papers(
    *,
    measure: Measure,
    funder: Organisation | None,
    agreed_on: date | None,
    signed_on: date | None,
    actor: Actor,
    aims: Sequence[str] | None = None,
) -> Measure:
    """The papers that followed the first day of a measure, or their right days, and its aims (None leaves them). What
    its text asks for stays."""
    row = changeable(measure, actor)
    if any(day is not None and day > clock.today() for day in (agreed_on, signed_on)):
        late = "signed_on" if signed_on is not None and signed_on > clock.today() else "agreed_on"
        raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field=late)
    rule = measure_rule(row.kind, row.period.lower)
    _check_papers(rule, Papers(funder is not None, signed_on, agreed_on))
    if funder is not None and row.shares.filter(funder=funder).exists():
        raise InvalidInput(f"{funder} a déjà une part de cette mesure : retirez-la d’abord.", field="funder")
    if row.kind == MeasureKind.MASP2 and signed_on != row.signed_on:
        raise InvalidInput(_BY_THREE, field="signed_on", code="papers")
    if signed_on != row.signed_on and row.agreements.filter(renewal=None, signatures__isnull=False).exists():
        raise InvalidInput("Ses signatures sont notées sur le contrat préparé : changez-les là.", field="signed_on")
    if signed_on != row.signed_on:
        row.lease = _signed_with(row.household, rule, signed_on)
    row.funder, row.agreed_on, row.signed_on = funder, agreed_on, signed_on
    row.aims = row.aims if aims is None else _aims(aims)
    row.save(update_fields=["funder", "agreed_on", "signed_on", "lease", "aims"])
    return row


def note_signature(row: Measure, signed_on: date | None) -> None:
    """The day on which its contract was signed by everybody; None where it is not. For the service of the contracts,
    which holds the row. `InvalidInput` where its kind does not let it be signed so."""
    rule = measure_rule(row.kind, row.period.lower)
    _check_papers(rule, Papers(row.funder_id is not None, signed_on, row.agreed_on))
    row.signed_on, row.lease = signed_on, _signed_with(row.household, rule, signed_on)
    row.save(update_fields=["signed_on", "lease"])


def _signed_with(household: Household, rule: MeasureRule, signed_on: date | None) -> Lease | None:
    """The contract of the dwelling that is signed with it, under lock; None where its kind asks none."""
    if signed_on is None or not KINDS[MeasureKind(rule.kind)].with_lease:
        return None
    leases = list(Lease.objects.select_for_update().filter(household=household, signed_on__isnull=False).order_by("pk"))
    signed = [Signed(row.reference, row.signed_on) for row in leases if row.signed_on]
    if words := gate_refusal(rule, signed_on, signed):
        raise InvalidInput(words, field="signed_on", code="gate")
    return next(row for row in leases if row.signed_on == signed_on)


def refuse_signature_ends(lease_id: int) -> None:
    """`Conflict` where a measure was signed with this contract. Who keeps contracts is told no more of it."""
    if Measure.objects.filter(lease=lease_id).exists():
        raise Conflict(
            "Un accompagnement est signé avec ce bail, du même jour : le service social reprend d’abord sa signature.",
            code="in_use",
        )


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def close_measure(
    *,
    measure: Measure,
    reason: str,
    on: date,
    actor: Actor,
    outcome: str = "",
    domains: Sequence[str] = (),
    advice: str = "",
    watch: Sequence[int] = (),
    orientations: Sequence[str] = (),
) -> Measure:
    """End a measure on `on` (its last day, its term at the latest) with its reason. Ended twice: `Conflict`. One that a
    commission ended is completed: its day and its reason stay, what is known of its end replaces what was.

    `outcome`: where the household stands; `domains`: in what it bore fruit; `advice`: what was said for afterwards;
    `orientations`: to which services it was oriented. `watch`: after how many months its referent asks again. Who left
    us is asked at the months of the house too.
    """
    row = changeable(measure, actor)
    held_on = ended_by_commission(row)
    if held_on is None:
        must_not_be_ended(row)
    elif (on, reason) != (row.ended_on, row.end_reason):
        raise Conflict(
            f"La commission du {held_on:%d/%m/%Y} l’a terminée le {row.ended_on:%d/%m/%Y} : ce jour et ce motif "
            "restent.",
            code="in_use",
        )
    else:
        forget_after(measure=row, actor=actor)
    if reason not in MeasureEnd.values:
        raise InvalidInput("Choisissez le motif de fin.", field="reason")
    if outcome and outcome not in ExitOutcome.values:
        raise InvalidInput("Choisissez la situation à la sortie.", field="outcome")
    if any(domain not in OutcomeDomain.values for domain in domains):
        raise InvalidInput("Choisissez parmi les acquis proposés.", field="domains")
    if row.period.lower > clock.today():
        raise InvalidInput(
            f"Elle commence le {row.period.lower:%d/%m/%Y} : retirez-la, ou corrigez ses jours.", field="on"
        )
    if on < row.period.lower:
        raise InvalidInput("La fin suit le début de la mesure.", field="on")
    if on > clock.today():
        raise InvalidInput("La mesure se termine aujourd’hui ou plus tôt.", field="on")
    if on > row.planned_end:
        raise InvalidInput(
            f"Elle finit au plus tard à son terme, le {row.planned_end:%d/%m/%Y}. Si elle a duré plus longtemps, "
            "renouvelez-la d’abord.",
            field="on", code="out_of_bounds",
        )  # fmt: skip
    former = row.formers.order_by("-until").first()
    if former is not None and on <= former.until:
        raise InvalidInput(
            f"Son type a changé le {former.until + ONE_DAY:%d/%m/%Y} : elle finit ce jour-là ou plus tard, ou reprenez "
            "d’abord ce changement.",
            field="on",
        )
    row.ended_on, row.end_reason, row.period = on, reason, period(row.period.lower, on + ONE_DAY)
    row.outcome, row.advice = outcome, advice.strip()
    row.domains = [code for code in OutcomeDomain if code in domains]
    checked(row)
    row.save(update_fields=["ended_on", "end_reason", "period", *_AT_THE_END])
    plan_after(measure=row, months=watch, orientations=orientations, actor=actor)
    refresh_tasks(*OF_MEASURE, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def reopen_measure(*, measure: Measure, actor: Actor) -> Measure:
    """The closing of a measure was a mistake: it runs until its term, as before. What was said as it ended stays in its
    history. Again changes nothing.

    `Conflict` where something stands on its end: a measure of its family, another lead on its days, what was noted
    after it; or a commission decided it.
    """
    row = changeable(measure, actor)
    if row.ended_on is None:
        return row
    if (held_on := ended_by_commission(row)) is not None:
        raise Conflict(
            f"C’est une décision de la commission du {held_on:%d/%m/%Y} : reprenez-la sur sa page.", code="in_use"
        )
    Household.objects.select_for_update().get(pk=row.household_id)
    _no_other_open(row.household, row.kind, but=row)
    forget_after(measure=row, actor=actor)
    row.ended_on, row.end_reason, row.period = None, "", period(row.period.lower, row.planned_end + ONE_DAY)
    row.outcome, row.domains, row.advice = "", [], ""
    try:
        with transaction.atomic():
            row.save(update_fields=["ended_on", "end_reason", "period", *_AT_THE_END])
    except IntegrityError as error:
        raise second_lead(row.household, row.period.lower, row.planned_end, but=row) from error
    refresh_tasks(*OF_MEASURE, ids=[row.pk], actor=actor)
    refresh_watches(row.household_id, actor)
    return row


def _stands_alone(row: Measure) -> None:
    """`Conflict` where the measure has ended, or something counts on its days: a renewal, a change of type, a later
    measure of its family."""
    must_not_be_ended(row)
    if (renewal := row.renewals.order_by("-period").first()) is not None:
        raise Conflict(
            f"Cette mesure a un renouvellement à partir du {renewal.period.lower:%d/%m/%Y} : reprenez-le d’abord.",
            code="in_use",
        )
    if (former := row.formers.order_by("-until").first()) is not None:
        raise Conflict(
            f"Le type de cette mesure a changé le {former.until + ONE_DAY:%d/%m/%Y} : reprenez d’abord ce changement.",
            code="in_use",
        )
    if hasattr(row, "masp"):
        raise Conflict("Cette mesure a un contrat de MASP 2 : terminez-la plutôt.", code="in_use")
    if (item := row.commission_items.select_related("commission").first()) is not None:
        raise Conflict(
            f"Cette mesure est à l’ordre du jour de la commission du {item.commission.held_on:%d/%m/%Y} : ôtez-la "
            "d’abord, ou reprenez sa décision.",
            code="in_use",
        )
    if row.intensities.exists() or row.carriers.exists() or row.chain_days.exists():
        raise Conflict(
            "Une intensité, un porteur ou un jour du parcours est noté sur cette mesure : retirez-les d’abord.",
            code="in_use",
        )
    if row.shares.exists():
        raise Conflict("Cette mesure a une part d’un financeur : retirez d’abord cette part.", code="in_use")
    family = KINDS[MeasureKind(row.kind)].family
    later = Measure.objects.filter(household=row.household_id, kind__in=family, period__startswith__gt=row.period.lower)
    if (other := later.exclude(pk=row.pk).order_by("period").first()) is not None:
        raise Conflict(
            f"Une autre mesure {other.get_kind_display()} commence le {other.period.lower:%d/%m/%Y} et compte sur les "
            "jours de celle-ci : retirez d’abord l’autre.",
            code="in_use",
        )


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def move_measure(*, measure: Measure, start: date, planned_end: date, actor: Actor) -> Measure:
    """Other days of a measure that nobody has ended, within the bounds of its kind. The former ones stay in its
    history; moving it back takes it back."""
    row = changeable(measure, actor)
    Household.objects.select_for_update().get(pk=row.household_id)
    _stands_alone(row)
    earlier = earlier_spans(row.household, row.kind, but=row)
    if any(span.end >= start for span in earlier):
        last = max(span.end for span in earlier)
        raise InvalidInput(
            f"La mesure d’avant court jusqu’au {last:%d/%m/%Y} : celle-ci commence après.", field="start"
        )
    rule = measure_rule(row.kind, start)
    if refused := refusals(rule, start=start, end=planned_end, earlier=earlier):
        raise InvalidInput(refused[0], field="planned_end", code="out_of_bounds")
    row.period, row.planned_end = period(start, planned_end + ONE_DAY), planned_end
    try:
        with transaction.atomic():
            row.save(update_fields=["period", "planned_end"])
    except IntegrityError as error:
        raise second_lead(row.household, start, planned_end, but=row) from error
    refresh_tasks(*OF_MEASURE, ids=[row.pk], actor=actor)
    refresh_watches(row.household_id, actor)
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def give_measure(*, measure: Measure, to: User, actor: Actor) -> Measure:
    """Another referent of a measure that nobody has ended. Given to who has it, nothing changes."""
    row = changeable(measure, actor)
    must_not_be_ended(row)
    if row.referent_id == to.pk:
        return row
    require_social(to, clock.today(), "to")
    row.referent = to
    row.save(update_fields=["referent"])
    refresh_tasks(*OF_MEASURE, ids=[row.pk], actor=actor)
    return row


@transaction.atomic
def hand_over_measures(*, household: Household, former: User, to: User, actor: Actor) -> int:
    """The measures that `former` has open with the household are `to`'s. For the service that names the referent.
    Returns how many."""
    rows = Measure.objects.select_for_update(of=("self",)).filter(household=household, referent=former, ended_on=None)
    for row in (found := list(rows.order_by("pk"))):
        give_measure(measure=row, to=to, actor=actor)
    return len(found)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_measure(*, measure_id: int, actor: Actor) -> None:
    """A measure that was opened by mistake: nothing counts it, nor its objectives. Again changes nothing;
    `bring_back_measure` undoes it.

    `Conflict` where it has ended, or something counts on its days.
    """
    row = Measure.objects.filter(pk=measure_id).first()
    if row is None:
        return
    row = changeable(row, actor)
    _stands_alone(row)
    if ObjectiveReview.objects.filter(objective__measure=row).exists():
        raise Conflict("Un objectif de cette mesure a été évalué : terminez-la plutôt.", code="in_use")
    if row.agreements.exists():
        raise Conflict("Le contrat de cette mesure est préparé : retirez-le d’abord.", code="in_use")
    if row.letters.exists():
        raise Conflict("Une lettre au ménage est écrite pour cette mesure : retirez-la d’abord.", code="in_use")
    if row.assessments.exists():
        raise Conflict("Les sept axes de cette mesure sont notés : terminez-la, ou retirez-les.", code="in_use")
    row.objectives.all().delete()
    unname_by_measure(row)
    # The request for which it was opened waits for another one.
    Reopening.objects.filter(measure=row).update(measure=None)
    row.delete()
    refresh_tasks(*OF_MEASURE, ids=[measure_id], actor=actor)
    refresh_steps([row.household_id], actor)
    refresh_watches(row.household_id, actor)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_measure(*, measure_id: int, actor: Actor) -> Measure:
    """Undo `withdraw_measure`: the measure as it was. Again changes nothing. `Conflict` where another one of its kind,
    or another lead, was opened meanwhile."""
    standing = Measure.objects.filter(pk=measure_id).first()
    if standing is not None:
        return changeable(standing, actor)
    event = deleted(Measure, id=measure_id).first()
    household = Household.objects.select_for_update().filter(pk=event.household_id).first() if event else None
    if event is None or household is None:
        raise NotAllowed("Cette mesure n’est pas de vos ménages.")
    if not actor.is_system and event.referent_id != actor.user_id:
        require_follows(actor, household)
    _no_other_open(household, event.kind)
    try:
        with transaction.atomic():
            [row] = brought_back(Measure, [event])
            gone = deleted(Objective, measure_id=measure_id, pgh_created_at=event.pgh_created_at)
            brought_back(Objective, gone.order_by("id"))
    except IntegrityError as error:
        raise second_lead(household, event.period.lower, event.planned_end) from error
    name_by_measure(row, actor)
    if (asked := events_of(Reopening).filter(measure_id=row.pk).order_by("-pgh_id").first()) is not None:
        waiting = Reopening.objects.filter(pk=asked.id, measure=None, service=Service.HOUSE, withdrawn_at=None)
        waiting.update(measure=row)
    refresh_tasks(*OF_MEASURE, ids=[row.pk], actor=actor)
    refresh_tasks(NO_MEASURE, ids=[household.pk], actor=actor)
    refresh_steps([household.pk], actor)
    refresh_watches(row.household_id, actor)
    return row
