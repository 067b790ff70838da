"""What a guarantor is told: a letter with the debt, drawn up, sent by a person, and each of these taken back.

Ancrage sends nothing to a guarantor: who posts the letter or has it served says which day, by which way. What holds the
letters of the household holds no notice, whose delay runs against us; the page says what is held.
"""

from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.typography import short_day
from leases.contracts.codes import LeaseKind
from leases.models import Guarantee
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import make_document
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears.codes import SentBy
from rent_ledger.billing.services.papers import amount, lease_facts
from rent_ledger.books.models import Account
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.guarantees.duties import CALL
from rent_ledger.guarantees.models import GuarantorNotice
from rent_ledger.guarantees.queries.calls import calls_of

PAPER = "guarantor_notice"
NOT_OF_IT = "Cette garantie n’est pas du contrat de ce compte. Rechargez la page."
NOTHING = "Rien de ce qui est dû aujourd’hui n’est couvert par cette garantie : il n’y a rien à écrire au garant."
CALLED = "Cet organisme est déjà appelé : ce qui est dû de plus se demande par un nouvel appel, sans lettre."
WITHDRAWN = "Cette lettre a été écartée. Préparez-la de nouveau."
SENT = "Cette lettre est partie : annulez d’abord l’envoi."


@needs(Write(Data.ARREARS))
@transaction.atomic
def prepare_notice(*, account: Account, guarantee: Guarantee, actor: Actor) -> GuarantorNotice:
    """The letter, with what is owed and covered today. One that waits with the same facts is given back; one with other
    facts is withdrawn for the new one.

    `Conflict` (`nothing`; `called`, of a body that was); `InvalidInput` before the association is set up.
    """
    lock_accounts([account.pk])
    rows = Guarantee.objects.select_for_update(of=("self",)).select_related("lease", "person", "body")
    row = rows.get(pk=guarantee.pk)
    if row.lease_id != account.lease_id:
        raise Conflict(NOT_OF_IT, code="other_contract")
    today = clock.today()
    now = calls_of([row], day=today).get(row.pk)
    if now is None or not now.debts:
        raise Conflict(NOTHING, code="nothing")
    if not now.is_written_to:
        raise Conflict(CALLED, code="called")
    facts = _facts(row, [(debt.month, debt.left) for debt in now.debts], today)
    former = GuarantorNotice.objects.filter(account=account, guarantee=row, sent_on=None, withdrawn_at=None).first()
    if former is not None:
        if (former.facts, former.drawn_on) == (facts, today):
            return former
        _withdraw(former, actor)
    made = GuarantorNotice.objects.create(
        account=account, guarantee=row, total=sum((debt.left for debt in now.debts), ZERO), facts=facts, drawn_on=today,
        author_id=actor.user_id,
    )  # fmt: skip
    made.document = make_document(
        kind=PAPER,
        number=f"GARANT-{made.pk}",
        title="Information de la caution" if row.is_surety else "Information du garant",
        data={**facts, "recipient": _recipient(row), "to_a_body": not row.is_surety},
        actor=actor,
    )
    made.save(update_fields=["document"])
    return made


@needs(Write(Data.ARREARS))
@transaction.atomic
def withdraw_notice(*, notice: GuarantorNotice, actor: Actor) -> GuarantorNotice:
    """« Écarter » a letter that has not left. Again changes nothing."""
    row = _locked(notice)
    if row.withdrawn_at is not None:
        return row
    if row.sent_on is not None:
        raise Conflict(SENT, code="sent")
    _withdraw(row, actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_sent(*, notice: GuarantorNotice, sent_on: date, sent_by: str, actor: Actor) -> GuarantorNotice:
    """Who sent it says which day and by which way. The same again changes nothing.

    `InvalidInput` (`sent_on`, `sent_by`), `Conflict` where it is withdrawn, or noted otherwise already.
    """
    row = _locked(notice)
    if row.withdrawn_at is not None:
        raise Conflict(WITHDRAWN, code="withdrawn")
    if sent_by not in SentBy.values:
        raise InvalidInput("Dites par quelle voie la lettre est partie.", field="sent_by")
    today = clock.today()
    if not row.drawn_on <= sent_on <= today:
        raise InvalidInput(
            f"L’envoi est entre le {row.drawn_on:%d/%m/%Y}, jour de la lettre, et aujourd’hui.", field="sent_on"
        )
    if row.sent_on is not None:
        if (row.sent_on, row.sent_by) == (sent_on, sent_by):
            return row
        raise Conflict(
            f"L’envoi est déjà noté, le {short_day(row.sent_on, today=today)}. Annulez-le pour le noter autrement.",
            code="sent",
        )
    row.sent_on, row.sent_by = sent_on, sent_by
    row.save(update_fields=["sent_on", "sent_by"])
    refresh_tasks(CALL, ids=[row.guarantee_id], actor=actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def take_back_sent(*, notice: GuarantorNotice, actor: Actor) -> GuarantorNotice:
    """The sending was noted by mistake: the letter waits again. Again changes nothing. `Conflict` where another letter
    to this guarantor waits since."""
    row = _locked(notice)
    if row.sent_on is None:
        return row
    others = GuarantorNotice.objects.filter(
        account=row.account_id, guarantee=row.guarantee_id, sent_on=None, withdrawn_at=None
    )
    if others.exists():
        raise Conflict("Une autre lettre à ce garant attend depuis : écartez-la d’abord.", code="other")
    row.sent_on, row.sent_by = None, ""
    row.save(update_fields=["sent_on", "sent_by"])
    refresh_tasks(CALL, ids=[row.guarantee_id], actor=actor)
    return row


def _facts(row: Guarantee, debts: list[tuple[date, Any]], day: date) -> dict[str, Any]:
    """The debt and the contract, never a cause. Amounts are decimal texts and days ISO texts."""
    told = lease_facts({row.lease_id: day})[row.lease_id]
    months: dict[date, Any] = {}
    for month, left in debts:
        months[month] = months.get(month, ZERO) + left
    return {
        "kind": row.kind,
        "surety": row.is_surety,
        "reference": row.reference,
        "household": told.names,
        "lease": row.lease.reference,
        "contract": LeaseKind(row.lease.kind).label,
        "start": row.lease.period.lower.isoformat(),
        "day": day.isoformat(),
        "months": [{"month": f"{month:%Y-%m}", "left": amount(left)} for month, left in sorted(months.items())],
        "total": amount(sum(months.values(), ZERO)),
    }


def _recipient(row: Guarantee) -> list[str]:
    if row.is_surety:
        return [row.guarantor, *row.address.splitlines()]
    assert row.body is not None
    return [row.body.name, *row.body.address.splitlines()]


def _locked(notice: GuarantorNotice) -> GuarantorNotice:
    lock_accounts([notice.account_id])
    return GuarantorNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)


def _withdraw(row: GuarantorNotice, actor: Actor) -> None:
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), actor.user_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
