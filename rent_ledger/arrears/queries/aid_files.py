"""Files for an aid, as a case shows them: those of its household, and where one is opened."""

from collections.abc import Sequence
from datetime import date

from common.links import link
from office.access.actor import Actor
from office.access.matrix import FACTS, Data, Write, can
from rent_ledger.aid_files.models import AidFile
from rent_ledger.aid_files.perms import can_write
from rent_ledger.aid_files.queries import AidFileNow, files_on
from rent_ledger.arrears.codes import NextStep
from rent_ledger.arrears.models import ArrearsCase, SocialAnswer


def aid_files_of(household_id: int | None, *, day: date, most: int) -> list[AidFileNow]:
    """The files of a household, those that run first, `most` of them. Three queries."""
    if household_id is None:
        return []
    found = files_on(AidFile.objects.filter(household=household_id), day=day)
    return sorted(found, key=lambda now: now.awaited is None)[:most]


def aid_open_url(case: ArrearsCase, answers: Sequence[SocialAnswer], actor: Actor) -> str:
    """Where the actor opens a file for the household of a case; empty where he may not. `answers`: the last first."""
    household = case.account.household_id
    if household is None:
        return ""
    asked = case.closed_on is None and bool(answers) and answers[0].next_step == NextStep.FSL
    if asked and can(actor, Write(Data.AID_FILE, FACTS)):
        return link("rent_ledger:case_aid_file", case.pk)
    return link("rent_ledger:aid_file_new", household) if can_write(actor, household) else ""
