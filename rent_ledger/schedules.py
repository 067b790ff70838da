"""What the ledger does by itself each day."""

from datetime import date

from common import clock
from common.errors import DomainError
from office.access.actor import Actor
from office.jobs.schedules import every_day, every_minute
from office.jobs.wake import wake
from rent_ledger.arrears.services.detection import READER, detect_arrears
from rent_ledger.arrears.services.signs import find_signs
from rent_ledger.billing.services.previews import forget_outdated
from rent_ledger.billing.services.receipts import issue_due_receipts
from rent_ledger.billing.services.sending import send_wanted_receipts
from rent_ledger.books.services.accounts import READER as DEBTORS
from rent_ledger.books.services.kept import has_unread
from rent_ledger.books.services.projections import roll
from rent_ledger.checking.services import check_ledger
from rent_ledger.checking.services.prints import take_prints
from rent_ledger.procedures.services.judging import judge_suspensions


@every_day("new_day", "Nouvelle journée : ce qui arrive à échéance", at_hour=0)
def new_day(day: date) -> None:
    """What came due is due: account states and lanes of the day."""
    roll(day=clock.today())


@every_day("prints", "Empreintes du grand livre", at_hour=1)
def prints(day: date) -> None:
    """What was written yesterday, and on days before that were missed, is printed: `check_ledger` compares."""
    take_prints()


@every_day("ledger_check", "Vérification du grand livre", at_hour=2)
def ledger_check(day: date) -> None:
    """The proof of the books, each night. What is found is the task's error on the page of jobs: nothing else stops."""
    findings = check_ledger(sources=True)
    if findings:
        found = " ; ".join(f"{finding.name} ({finding.count} : {', '.join(finding.examples)})" for finding in findings)
        raise DomainError(f"{found}. Lancez « check_ledger » pour la liste.", code="ledger_broken")


@every_day("arrears", "Recherche des impayés", at_hour=5)
def arrears(day: date) -> None:
    """Cases open, are constituted and close. It writes on the day itself only, so a missed night is caught up today."""
    detect_arrears(day=clock.today(), actor=Actor.system())
    find_signs(day=clock.today())


@every_day("suspensions", "Clauses suspendues par un juge : paiements du matin", at_hour=6)
def suspensions(day: date) -> None:
    """A suspension ends at the first unpaid term; what procedures ask by a day is asked."""
    judge_suspensions(day=clock.today())


@every_minute("arrears_to_read", "Impayés : comptes qui ont bougé depuis la dernière recherche")
def arrears_to_read(day: date) -> None:
    """Wakes a worker where the wake-up of a commit was lost: the books have moved since they were last read."""
    if has_unread(READER):
        wake("arrears_changed")


@every_minute("parties_to_follow", "Débiteurs : baux dont les parties ont changé")
def parties_to_follow(day: date) -> None:
    """Wakes a worker for those whose wake-up was lost, or that no service wrote."""
    if has_unread(DEBTORS):
        wake("parties_changed")


@every_day("outdated", "Effacement des aperçus dépassés", at_hour=4)
def outdated(day: date) -> None:
    """Previews and kept answers of books that have changed since."""
    forget_outdated()


@every_day("receipts", "Quittances des termes réglés", at_hour=6)
def receipts(day: date) -> None:
    """A quittance for every term that is fully settled and has none; it is sent to who asked for one each month."""
    issue_due_receipts(day=day, actor=Actor.system())
    send_wanted_receipts(actor=Actor.system())
