"""The agenda of a commission: it builds itself from what waits for a decision, and is completed and ordered by hand."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Max

from common import clock
from common.db import checked, french_refusals, many_with_history
from common.errors import Conflict, InvalidInput
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import Organisation, User
from office.tasks.services.tasks import refresh_tasks
from social_link.commissions.codes import Ask, CommissionKind, Opinion, Ruling
from social_link.commissions.duties import PREPARE
from social_link.commissions.locks import item_of, opened
from social_link.commissions.models import Commission, CommissionItem
from social_link.commissions.perms import can_run
from social_link.commissions.rules.decisions import KINDS, MOST_MONTHS
from social_link.contacts.perms import require_follows
from social_link.measures.codes import Exclusion, MeasureEnd, MeasureKind, Proposer, RenewalDecision
from social_link.measures.models import Measure, Renewal
from social_link.measures.perms import require_social
from social_link.measures.rules.kinds import KINDS as MEASURES


@needs(Write(Data.COMMISSION))
@transaction.atomic
def fill_agenda(*, commission: Commission, actor: Actor) -> int:
    """Put on what waits for this commission and is on no agenda. Again adds nothing. Returns how many."""
    return fill(opened(commission), actor)


def fill(row: Commission, actor: Actor) -> int:
    """`fill_agenda`, of a commission that is locked: a constant number of queries. What somebody took off stays off;
    what was asked again by hand stands once."""
    moved = _moved(row)
    elsewhere = CommissionItem.objects.waiting().filter(commission__in=Commission.objects.open())
    here = row.items.exclude(renewal=None).values("renewal")
    renewals = (
        Renewal.objects.filter(
            decision__in=["", RenewalDecision.ADJOURNED],
            measure__kind__in=KINDS[CommissionKind(row.kind)],
            measure__ended_on=None,
        )
        .exclude(pk__in=here)
        .exclude(pk__in=elsewhere.exclude(renewal=None).values("renewal"))
        .select_related("measure")
        .order_by("measure__household__sort_key", "pk")
    )
    adjourned = (
        CommissionItem.objects.filter(
            decision=Ruling.ADJOURNED, commission__kind=row.kind, commission__held_on__lt=row.held_on, carried_to=None
        )
        .exclude(ask=Ask.RENEWAL)
        .exclude(measure__ended_on__isnull=False)
        .order_by("commission__held_on", "rank", "pk")
    )
    former = {
        item.renewal_id: item
        for item in CommissionItem.objects.filter(
            decision=Ruling.ADJOURNED, renewal__in=renewals.order_by().values("pk"), carried_to=None
        ).order_by("pk")
    }
    rank = _next_rank(row)
    new = [
        CommissionItem(
            commission=row, household_id=renewal.measure.household_id, ask=Ask.RENEWAL, measure=renewal.measure,
            renewal=renewal, referent_id=renewal.measure.referent_id, carried_from=former.get(renewal.pk),
            author=actor.user,
        )
        for renewal in renewals
    ] + [_carried(row, item, actor) for item in _not_asked(row, adjourned)]  # fmt: skip
    for place, item in enumerate(new):
        item.rank = rank + place
    made = [item.pk for item in moved]
    if new:
        many_with_history()
        made += [item.pk for item in CommissionItem.objects.bulk_create(new)]
    if made:
        refresh_tasks(PREPARE, ids=made, actor=actor)
    return len(made)


def _moved(row: Commission) -> list[CommissionItem]:
    """What waits on the agenda of a commission of the kind that does not take place waits here from now on."""
    rows = CommissionItem.objects.waiting().filter(commission__kind=row.kind, commission__withdrawn_at__isnull=False)
    gone = rows.order_by().values("commission")
    list(Commission.objects.select_for_update(of=("self",)).filter(pk__in=gone).order_by("pk"))
    found = (
        rows.exclude(measure__ended_on__isnull=False)
        .exclude(renewal__decision__in=[RenewalDecision.GRANTED, RenewalDecision.REFUSED])
        .exclude(
            renewal__in=CommissionItem.objects.waiting()
            .filter(commission__in=Commission.objects.open())
            .values("renewal")
        )
        .exclude(renewal__in=row.items.exclude(renewal=None).values("renewal"))
        .order_by("commission__held_on", "rank", "pk")
    )
    rank, moved = _next_rank(row), _not_asked(row, found)
    for place, item in enumerate(moved):
        item.commission, item.rank = row, rank + place
    CommissionItem.objects.bulk_update(moved, ["commission", "rank"])
    return moved


def _not_asked(row: Commission, items: Iterable[CommissionItem]) -> list[CommissionItem]:
    """Those that are not on its agenda in other words, each once: the first."""
    seen = {_question(item) for item in row.items.kept()}
    found = []
    for item in items:
        if _question(item) not in seen:
            seen.add(_question(item))
            found.append(item)
    return found


def _question(item: CommissionItem) -> tuple[object, ...]:
    """What an agenda asks once (`commission_item_opening_once` and its like)."""
    if item.ask == Ask.OPENING:
        return item.ask, item.household_id, item.kind
    return item.ask, item.measure_id, item.renewal_id


def _carried(row: Commission, item: CommissionItem, actor: Actor) -> CommissionItem:
    """What was adjourned, asked again."""
    kept = (
        "household_id", "ask", "measure_id", "kind", "months", "referent_id", "funder_id", "proposed_by", "agreed_on",
        "exclusions", "despite", "end_reason", "opinion", "words", "informs_id", "agreed_to_inform",
    )  # fmt: skip
    return CommissionItem(
        commission=row, carried_from=item, author=actor.user, **{name: getattr(item, name) for name in kept}
    )


def _next_rank(row: Commission) -> int:
    return (row.items.aggregate(last=Max("rank"))["last"] or 0) + 1


def _may_enter(row: Commission, actor: Actor) -> None:
    if clock.today() > row.entries_until and not actor.is_system and not can_run(actor):
        raise Conflict(
            f"Les inscriptions sont closes depuis le {row.entries_until:%d/%m/%Y} : demandez à la responsable, ou "
            "choisissez la commission suivante.",
            code="late",
        )


@needs(Write(Data.COMMISSION, OWN))
@transaction.atomic
def ask_opening(
    *,
    commission: Commission,
    household: Household,
    kind: str,
    months: int,
    referent: User,
    actor: Actor,
    funder: Organisation | None = None,
    proposed_by: str = "",
    agreed_on: date | None = None,
    exclusions: Sequence[str] = (),
    despite: str = "",
) -> CommissionItem:
    """Ask a commission to open a measure of so many months. What its text asks for is looked at as it is decided: a
    funder or an agreement may still come. The same asked again: `Conflict`."""
    row = opened(commission)
    require_follows(actor, household)
    _may_enter(row, actor)
    if kind not in MeasureKind.values:
        raise InvalidInput("Choisissez la mesure.", field="kind")
    if not 0 < months <= MOST_MONTHS:
        raise InvalidInput(f"Dites combien de mois sont demandés, de 1 à {MOST_MONTHS}.", field="months")
    if proposed_by and proposed_by not in Proposer.values:
        raise InvalidInput("Dites qui propose la mesure.", field="proposed_by")
    if any(code not in Exclusion.values for code in exclusions):
        raise InvalidInput("Choisissez parmi les cas proposés.", field="exclusions")
    require_social(referent, max(row.held_on, clock.today()), "referent")
    item = CommissionItem(
        commission=row, household=household, ask=Ask.OPENING, kind=kind, months=months, referent=referent,
        funder=funder, proposed_by=proposed_by, agreed_on=agreed_on, exclusions=list(exclusions),
        despite=despite.strip(), rank=_next_rank(row), author=actor.user,
    )  # fmt: skip
    return _put_on(item, actor)


@needs(Write(Data.COMMISSION, OWN))
@transaction.atomic
def ask_about_measure(
    *, commission: Commission, measure: Measure, ask: str, actor: Actor, kind: str = "", end_reason: str = ""
) -> CommissionItem:
    """Ask a commission to renew a measure (a proposal of it waits), to change its type, or to end it. The same renewal
    again gives its item, also one that was taken off; another thing again: `Conflict`."""
    row = opened(commission)
    require_follows(actor, measure.household)
    _may_enter(row, actor)
    if measure.ended_on is not None:
        raise Conflict(f"Cette mesure est terminée depuis le {measure.ended_on:%d/%m/%Y}.", code="wrong_state")
    item = CommissionItem(
        commission=row, household_id=measure.household_id, measure=measure, ask=ask, referent_id=measure.referent_id,
        rank=_next_rank(row), author=actor.user,
    )  # fmt: skip
    if ask == Ask.RENEWAL:
        item.renewal = next((one for one in measure.renewals.order_by("-pk") if one.waits), None)
        if item.renewal is None:
            raise InvalidInput("Proposez d’abord le renouvellement, sur la page de la mesure.", field="ask")
        there = row.items.filter(renewal=item.renewal).first()
        if there is not None:
            return _back_on(there, actor)
    elif ask == Ask.CHANGE:
        if kind == measure.kind or kind not in MEASURES[MeasureKind(measure.kind)].family:
            raise InvalidInput("Choisissez le type demandé, de la même famille.", field="kind")
        item.kind = kind
    elif ask == Ask.END:
        if end_reason not in MeasureEnd.values:
            raise InvalidInput("Choisissez le motif de fin.", field="end_reason")
        item.end_reason = end_reason
    else:
        raise InvalidInput("Choisissez ce qui est demandé.", field="ask")
    return _put_on(item, actor)


def _put_on(item: CommissionItem, actor: Actor) -> CommissionItem:
    checked(item)
    with french_refusals():
        item.save()
    refresh_tasks(PREPARE, ids=[item.pk], actor=actor)
    return item


def _back_on(row: CommissionItem, actor: Actor) -> CommissionItem:
    if row.removed_at is not None:
        row.removed_at = None
        with french_refusals():
            row.save(update_fields=["removed_at"])
        refresh_tasks(PREPARE, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.COMMISSION, OWN))
@transaction.atomic
def take_off(*, item: CommissionItem, actor: Actor) -> CommissionItem:
    """It is not asked of this commission after all. Again changes nothing; `Conflict` once it is decided."""
    row = item_of(item, actor)
    if row.decision:
        raise Conflict("Cette demande est décidée : reprenez d’abord la décision.", code="wrong_state")
    if row.removed_at is None:
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        refresh_tasks(PREPARE, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.COMMISSION, OWN))
@transaction.atomic
def put_back(*, item: CommissionItem, actor: Actor) -> CommissionItem:
    """Undo `take_off`. Again changes nothing."""
    return _back_on(item_of(item, actor), actor)


@needs(Write(Data.COMMISSION))
@transaction.atomic
def move_item(*, item: CommissionItem, by: int, actor: Actor) -> None:
    """One place up (`by` −1) or down (+1) among those of the agenda."""
    row = item_of(item, actor)
    rows = list(CommissionItem.objects.kept().filter(commission=row.commission_id))
    place = next((n for n, other in enumerate(rows) if other.pk == row.pk), None)
    if place is None or by not in (-1, 1) or not 0 <= place + by < len(rows):
        return
    rows[place], rows[place + by] = rows[place + by], rows[place]
    for rank, other in enumerate(rows, start=1):
        if other.rank != rank:
            CommissionItem.objects.filter(pk=other.pk).update(rank=rank)


@needs(Write(Data.COMMISSION, OWN))
@transaction.atomic
def prepare_item(
    *,
    item: CommissionItem,
    opinion: str,
    actor: Actor,
    words: str = "",
    informs: Organisation | None = None,
    agreed_to_inform: bool = False,
) -> CommissionItem:
    """What the referent says of it, for the file of the members: an opinion by its code and a few words, which the
    guard of free texts has read; and who else is told of the decision, if the household agreed."""
    row = item_of(item, actor)
    if row.decision:
        raise Conflict("Cette demande est décidée : reprenez d’abord la décision.", code="wrong_state")
    if opinion not in Opinion.values:
        raise InvalidInput("Choisissez l’avis.", field="opinion")
    if agreed_to_inform and informs is None:
        raise InvalidInput("Dites qui est informé.", field="informs")
    row.opinion, row.words, row.informs, row.agreed_to_inform = opinion, words.strip(), informs, agreed_to_inform
    checked(row)
    row.save(update_fields=["opinion", "words", "informs", "agreed_to_inform"])
    refresh_tasks(PREPARE, ids=[row.pk], actor=actor)
    return row


def filled_by_night(day: date) -> int:
    """What came to wait since is put on the agendas whose entries are open. Returns how many."""
    rows = Commission.objects.open().filter(entries_until__gte=day, held_on__gte=F("entries_until"))
    return sum(fill_agenda(commission=row, actor=Actor.system()) for row in rows.order_by("held_on", "pk"))
