"""Guarantors in the demo: a Visale that is called and pays, a relative who stands surety and is told."""

from datetime import date, timedelta

from common.money import ZERO
from demo.play import Play
from leases.contracts.codes import GuaranteeKind, LeaseQuestion, PartyRole
from leases.contracts.services.guarantees import add_guarantee, remove_guarantee
from leases.contracts.services.parties import add_party
from leases.households.codes import Civility
from leases.households.services import create_person
from leases.models import Guarantee
from office.house.codes import OrganisationKind
from office.models import Organisation
from rent_ledger.arrears.codes import SentBy
from rent_ledger.arrears.queries.arrears import arrears_for
from rent_ledger.books.codes import Lane
from rent_ledger.books.models import Account
from rent_ledger.guarantees.codes import Answer, CallState
from rent_ledger.guarantees.models import GuaranteeClaim
from rent_ledger.guarantees.queries.calls import calls_of, payable
from rent_ledger.guarantees.services.claims import ask_claim, note_answer
from rent_ledger.guarantees.services.notices import note_sent, prepare_notice
from rent_ledger.guarantees.services.payments import note_payment

# So long before the end both are found in debt; the body answers and pays after these days.
BEGINS = timedelta(days=45)
ANSWERS, PAYS = timedelta(days=8), timedelta(days=16)
OWES = 300
"""Euros: who owes less is not called."""
LOOKED_AT = 40


class GuarantorLife:
    """What Nadège asks of two guarantors."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.actor = play.house.actors["nadege"]

    def day(self, day: date) -> None:
        """One call and one letter; then what the body answers and pays."""
        if self.play.last_day - day <= BEGINS and not Guarantee.objects.exists():
            deep = arrears_for(self.actor).filter(arrears__gte=OWES, held=0, account__lease__isnull=False)
            rows = deep.exclude(lane=Lane.TECHNICAL).order_by("-arrears", "pk").values_list("account", flat=True)
            accounts = list(Account.objects.filter(pk__in=rows[:LOOKED_AT]).select_related("lease__household"))
            called = next((one for one in accounts if self._visale(one, day)), None)
            told = [one for one in accounts if called is not None and one.pk != called.pk]
            if told:
                self._surety(told[0], day)
        for claim in GuaranteeClaim.objects.filter(withdrawn_at=None).order_by("pk"):
            if not claim.answer and day - claim.asked_on >= ANSWERS:
                note_answer(claim=claim, answer=Answer.ACCEPTED, answered_on=day, actor=self.actor)
            elif claim.answer and not claim.payments.exists() and day - claim.asked_on >= PAYS:
                self._pay(claim, day)

    def _visale(self, account: Account, day: date) -> bool:
        """Called where it may be. Whether it was."""
        lease = account.lease
        body = Organisation.objects.filter(name="Action Logement", roles__kind=OrganisationKind.GUARANTOR).first()
        assert lease is not None
        made = add_guarantee(
            lease=lease, kind=GuaranteeKind.VISALE, body=body, reference=f"V{lease.pk:011}",
            from_day=lease.period.lower, actor=self.actor,
        )  # fmt: skip
        now = calls_of([made], day=day).get(made.pk)
        if now is None or now.call.state != CallState.CLAIM:
            remove_guarantee(guarantee=made, actor=self.actor)
            return False
        debts = [debt.posting_id for debt in now.debts if debt.free > ZERO]
        ask_claim(
            account=account, guarantee=made, posting_ids=debts, asked_on=day, reference=f"SIN-{lease.pk:06}",
            actor=self.actor,
        )  # fmt: skip
        return True

    def _surety(self, account: Account, day: date) -> None:
        lease = account.lease
        assert lease is not None
        person = create_person(actor=self.actor, civility=Civility.SIR, first_name="Gérard", last_name="Vasseur")
        add_party(actor=self.actor, lease=lease, person=person, role=PartyRole.GUARANTOR)
        made = add_guarantee(
            lease=lease, kind=GuaranteeKind.JOINT, person=person, from_day=lease.period.lower,
            address="3 rue du Four\n11000 Carcassonne",
            answers={LeaseQuestion.SURETY.lower(): "Oncle du locataire, étudiant à l’entrée"}, actor=self.actor,
        )  # fmt: skip
        letter = prepare_notice(account=account, guarantee=made, actor=self.actor)
        note_sent(notice=letter, sent_on=day, sent_by=SentBy.RECORDED, actor=self.actor)

    def _pay(self, claim: GuaranteeClaim, day: date) -> None:
        """No more than is left of what it named: the household may have paid since."""
        owed = sum(payable(claim, list(claim.items.all())), ZERO)
        if owed:
            note_payment(claim=claim, amount=owed, paid_on=day, reference=f"VIR VISALE {claim.pk:06}", actor=self.actor)
