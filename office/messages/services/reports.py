"""Reports of delivery: kept as they come, applied when their message is known, each once."""

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q

from common import clock
from office.messages.codes import MessageState, Outcome
from office.messages.models import DeliveryReport, Message
from office.messages.providers.smtp import SmtpProvider
from office.messages.providers.smtp.bounces import content_of, mark_read, new_keys, read_bounce
from office.messages.services.failures import come_back

logger = logging.getLogger(__name__)

AT_ONCE = 1000
"""Reports that are applied at once. What is left is applied the next minute."""
KEPT = timedelta(days=7)
"""How long a report of a message that we don't know is kept."""
NOT_DELIVERED = "Le fournisseur dit que le message n’a pas pu être remis ({said})."


@transaction.atomic
def keep_report(
    *, provider: str, reference: str, said: str, said_on: str, outcome: Outcome, content: dict[str, Any]
) -> DeliveryReport:
    """Keep what a provider says, even of a message that we don't know (yet). The same report again changes nothing."""
    row = DeliveryReport(
        provider=provider, provider_ref=reference[:120], said=said[:40], said_on=said_on[:40], outcome=outcome,
        content=content,
    )  # fmt: skip
    DeliveryReport.objects.bulk_create([row], ignore_conflicts=True)
    apply_reports(provider=provider, reference=row.provider_ref)
    return DeliveryReport.objects.get(
        provider=provider, provider_ref=row.provider_ref, said=row.said, said_on=row.said_on
    )


@transaction.atomic
def apply_reports(*, provider: str = "", reference: str = "") -> int:
    """Apply the reports that wait for their message: those of one reference, or all. Returns how many were applied.

    One that came before the message was marked as sent waits here until then.
    """
    reports = DeliveryReport.objects.filter(message__isnull=True)
    if reference:
        reports = reports.filter(provider=provider, provider_ref=reference)
    # Those of unknown messages are many where somebody makes them up: they are neither read nor locked.
    ours = Message.objects.filter(provider=OuterRef("provider"), provider_ref=OuterRef("provider_ref"))
    reports = reports.filter(~Q(provider_ref=""), Exists(ours.exclude(provider_ref="")))
    waiting = list(reports.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:AT_ONCE])
    if not waiting:
        return 0
    known = {
        (m.provider, m.provider_ref): m
        for m in Message.objects.select_for_update(no_key=True)
        .filter(provider__in={r.provider for r in waiting}, provider_ref__in={r.provider_ref for r in waiting})
        .exclude(provider_ref="")
        .order_by("id")
    }
    applied = 0
    for report in waiting:
        message = known.get((report.provider, report.provider_ref))
        if message is None:
            continue
        report.message = message
        report.save(update_fields=["message"])
        _apply(report, message)
        applied += 1
    return applied


def _apply(report: DeliveryReport, message: Message) -> None:
    """The first final word counts: a delivery after a failure, or the reverse, is kept and changes nothing."""
    if message.state != MessageState.SENT or report.outcome == Outcome.PROGRESS:
        return
    if report.outcome == Outcome.DELIVERED:
        message.state, message.delivered_at = MessageState.DELIVERED, clock.now()
    else:
        message.state, message.why = MessageState.PERMANENT_FAILURE, NOT_DELIVERED.format(said=report.said)
    message.save(update_fields=["state", "delivered_at", "why"])
    if message.has_failed:
        come_back(message)


def forget_unknown() -> int:
    """Erase the reports of messages that are not ours: one that comes early is early by seconds. Returns how many."""
    unknown = DeliveryReport.objects.filter(message__isnull=True, received_at__lt=clock.now() - KEPT)
    return unknown.delete()[0]


def read_bounces() -> int:
    """Keep what mail servers report, each in a transaction of its own, and move it away once it is kept. Returns how
    many. One that can't be read is set aside: whoever writes to our address must not stop the others."""
    return sum(_read_one(key) for key in new_keys())


def _read_one(key: str) -> bool:
    try:
        content = content_of(key)
    except KeyError:
        return False  # Another worker has moved it.
    try:
        with transaction.atomic():
            bounce = read_bounce(content)
            if bounce is not None:
                keep_report(
                    provider=SmtpProvider.name, reference=bounce.reference, said=bounce.said, said_on=bounce.said_on,
                    outcome=bounce.outcome, content={"diagnostic": bounce.diagnostic},
                )  # fmt: skip
    except (OperationalError, InterfaceError):
        raise  # The database is away: nothing is wrong with this one, and it stays where it is.
    except Exception:
        logger.exception("the e-mail %s that came back can't be read: it is set aside", key)
        _moved(key, is_odd=True)
        return False
    _moved(key, is_odd=False)
    return bounce is not None


def _moved(key: str, *, is_odd: bool) -> None:
    # Another worker that read the same one has moved it: the report is kept once.
    with suppress(KeyError, FileNotFoundError):
        mark_read(key, is_odd=is_odd)
