"""What is told of IBANs: to who must confirm one, and to who asked it."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from common.links import link
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read, Write
from office.house.codes import HouseNotice
from office.house.models import IbanChange
from office.notices.kinds import NoticeKind, Shown, declare

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from office.access.actor import Actor


def _asked(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = IbanChange.objects.filter(pk__in=ids).select_related("organisation", "bank_account")
    return {row.pk: Shown(f"À confirmer : {row.what}, {row.whose}", link("office:iban_changes")) for row in rows}


def _of_own_asking(actor: "Actor") -> "QuerySet[IbanChange]":
    return IbanChange.objects.filter(asked_by=actor.user_id or 0)


def _page_of(row: IbanChange) -> str:
    if row.organisation_id:
        return link("office:organisation", row.organisation_id)
    return link("rent_ledger:credit", row.payee_id) if row.payee_id else link("office:settings")


def _decided(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = IbanChange.objects.filter(pk__in=ids).select_related("organisation", "bank_account", "decided_by")
    return {
        row.pk: Shown(
            f"{row.what[:1].upper()}{row.what[1:]}, {row.whose} : "
            f"{'confirmé' if row.is_granted else 'refusé'} par {row.decided_by}",
            _page_of(row),
        )
        for row in rows
    }


ASKED = declare(
    NoticeKind(
        code=HouseNotice.IBAN_ASKED,
        about="iban_change",
        many="IBAN à confirmer,IBAN à confirmer",
        icon="building-bank",
        needs=Write(Data.IBAN_SECOND),
        scope=TokenScope.OFFICE_READ,
        readable=IbanChange.objects.visible_to,
        shown=_asked,
    )
)
DECIDED = declare(
    NoticeKind(
        code=HouseNotice.IBAN_DECIDED,
        about="iban_change",
        many="réponse sur un IBAN,réponses sur un IBAN",
        icon="building-bank",
        needs=Read(Data.SELF, OWN),
        scope=TokenScope.OFFICE_READ,
        readable=_of_own_asking,
        shown=_decided,
    )
)
