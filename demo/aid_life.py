"""The files for an aid in the demo: two schemes, a file granted and paid, one refused, one that waits."""

from datetime import date, timedelta
from decimal import Decimal

from demo.play import Play
from demo.social_life import SocialLife
from leases.contracts.codes import LeaseState
from office.house.codes import OrganisationKind
from office.models import AidScheme, Organisation
from office.schemes.codes import Gives, Need
from office.schemes.services import save_scheme
from rent_ledger.aid_files.codes import AidClosing, AidRefusal, AidStepKind, Payee
from rent_ledger.aid_files.models import AidFile
from rent_ledger.aid_files.queries import payments_for
from rent_ledger.aid_files.services.files import open_file
from rent_ledger.aid_files.services.steps import note_aid_step
from rent_ledger.arrears.codes import NextStep
from rent_ledger.arrears.models import SocialAnswer
from rent_ledger.arrears.queries.arrears import arrears_for
from rent_ledger.books.codes import PaymentMethod
from rent_ledger.payments.services.payments import take_payment

FUND = "Département de l’Aude, FSL"
SENT_AFTER, DECIDED_AFTER, PAID_AFTER = 7, 42, 63
# The first two live to their end; the third is opened in the last weeks, and waits.
ENDED, LATELY = 2, timedelta(days=30)
GRANTED, DEEP = 400, 400
"""Euros granted at most; euros owed, for which a file is worth its papers."""


class AidLife:
    """What Hélène types, and what Camille and Malo send."""

    def __init__(self, play: Play, social: SocialLife) -> None:
        self.play, self.social = play, social
        self.debt: AidScheme | None = None

    def day(self, day: date) -> None:
        """Open a file where an answer asks for one, and let those that run go on."""
        scheme = self.debt = self.debt or self._schemes()
        opened = list(AidFile.objects.exclude(steps__kind=AidStepKind.CLOSED).order_by("pk"))
        if len(opened) < (ENDED if self.play.last_day - day > LATELY else ENDED + 1):
            self._open(scheme)
        for number, file in enumerate(opened):
            if file.ended_on is None and self.social.worker.get(file.household_id):
                self._go_on(file, day, is_refused=number == 1)

    def _schemes(self) -> AidScheme:
        head = self.play.house.actors["helene"]
        fund = Organisation.objects.filter(name=FUND, roles__kind=OrganisationKind.FUNDER).get()
        made = [
            save_scheme(
                organisation=fund, name=name, needs=needs, gives=gives, amount_most=Decimal(most),
                conditions=conditions, from_day=self.play.first.first.replace(month=1, day=1),
                source="Règlement intérieur du FSL, chiffres de démonstration", actor=head,
            )
            for name, needs, gives, most, conditions in (
                ("FSL maintien", [Need.DEBT, Need.ENERGY], Gives.BOTH, 1500, "Loyer courant repris depuis un mois."),
                ("FSL accès", [Need.DEPOSIT, Need.FIRST_RENT, Need.INSURANCE], Gives.LOAN, 900,
                 "Demande avant l’entrée, ou dans les deux mois qui la suivent."),
            )
        ]  # fmt: skip
        return made[0]

    def _open(self, scheme: AidScheme) -> None:
        known = set(AidFile.objects.values_list("household", flat=True))
        answers = SocialAnswer.objects.filter(
            next_step=NextStep.FSL,
            case__closed_on=None,
            case__account__lease__state=LeaseState.ACTIVE,
            case__account__state__arrears__gte=DEEP,
        ).select_related("case__account__household")
        for answer in answers.order_by("pk"):
            account = answer.case.account
            household = account.household
            if household is None or household.pk in known or household.pk not in self.social.worker:
                continue
            open_file(
                household=household, scheme=scheme, need=Need.DEBT, account=account,
                actor=self.play.house.actors[self.social.worker[household.pk]],
            )  # fmt: skip
            return

    def _go_on(self, file: AidFile, day: date, *, is_refused: bool) -> None:
        actor = self.play.house.actors[self.social.worker[file.household_id]]
        age, last = (day - file.opened_on).days, file.steps.last()
        state = last.kind if last else ""
        states = arrears_for(self.play.house.actors["nadege"]).filter(account=file.account_id)
        owed = states.values_list("arrears", flat=True).first()
        if not owed and state in ("", AidStepKind.SENT):
            # It was paid meanwhile: nothing is asked for.
            note_aid_step(file=file, kind=AidStepKind.CLOSED, on=day, why=AidClosing.NO_NEED, actor=actor)
        elif not state and age >= SENT_AFTER:
            note_aid_step(file=file, kind=AidStepKind.SENT, on=day, actor=actor)
        elif state == AidStepKind.SENT and age >= DECIDED_AFTER:
            if is_refused:
                note_aid_step(file=file, kind=AidStepKind.REFUSED, on=day, why=AidRefusal.NOT_PAYING, actor=actor)
            else:
                note_aid_step(
                    file=file,
                    kind=AidStepKind.GRANTED,
                    on=day,
                    grant=min(owed or Decimal(GRANTED), Decimal(GRANTED)),
                    actor=actor,
                )
        elif state == AidStepKind.GRANTED and age >= PAID_AFTER and file.account and last and last.grant:
            manager = self.play.house.actors["nadege"]
            take_payment(
                account=file.account, method=PaymentMethod.CHEQUE, amount=last.grant, received_on=day,
                request_key=self.play.draws.uuid("aid", self.social.key_of(file.household_id)), actor=manager,
                answers={"above_due": "Aide du FSL"},
            )  # fmt: skip
            [posting, *_] = payments_for(file)
            note_aid_step(
                file=file, kind=AidStepKind.PAID, on=day, payee=Payee.LANDLORD, posting_id=posting.pk, actor=manager
            )
