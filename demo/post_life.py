"""What reaches the households in the demo: calls, their papers by e-mail or by post in the last weeks, and what comes
back."""

import calendar
from datetime import date, timedelta

from common import clock
from common.text import sort_key
from demo.households import Housed
from demo.play import Play
from leases.contracts.codes import PartyRole, WishKind
from leases.contracts.services.wishes import record_wish
from leases.households.services import update_person
from leases.models import Person
from office.access.actor import Actor
from office.messages.codes import CallOutcome, Channel, MessageState, Outcome
from office.messages.models import Message
from office.messages.providers.call import call_sheet
from office.messages.services.calls import record_call
from office.messages.services.post import mark_posted, mark_returned, take_out
from office.messages.services.reports import keep_report
from office.messages.worker import deliver
from rent_ledger.arrears.codes import ArrearsMessage, RegisteredOutcome
from rent_ledger.arrears.services.registered import note_outcome, note_posted
from rent_ledger.billing.codes import BillingMessage
from rent_ledger.billing.services.receipts import issue_due_receipts
from rent_ledger.billing.services.sending import mark_sent, send_run, send_wanted_receipts
from rent_ledger.models import RegisteredLetter, RentRun

# The avis of these last weeks go through the outbox; those before were printed and handed over.
LATELY = timedelta(days=52)
# The shares that agree to e-mails, and that ask for a quittance each month.
BY_EMAIL = 0.25
MONTHLY = 0.08
# The calls of these last days are left for the visitor of the demo.
UNCALLED = timedelta(days=15)
ANSWERED = 0.7
# From so many days before the last on, the quittances are those that were asked for.
GIVEN = 11
REFUSED = "Boîte pleine"
# In these last days nobody goes to the post. The post says after so long what became of a registered letter; the share
# that is received.
LAST_POST = 1
TOLD_AFTER = timedelta(days=12)
RECEIVED = 0.6


class PostLife:
    """What Nadège sends, and what the mail servers and the post bring back."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.actor = play.house.actors["nadege"]
        self.asked: set[str] = set()

    def send(self, run: RentRun) -> None:
        """The avis of a run leave."""
        if self.play.large or run.month <= self.play.last_day - LATELY:
            mark_sent(run=run, actor=self.actor)
            return
        self._ask()
        self.play.drain(send_run(run=run, actor=self.actor).pk)
        deliver()
        take_out(actor=self.actor)
        mark_posted(until=clock.now(), actor=self.actor)

    def _ask(self) -> None:
        """Who was not asked yet says whether the papers may come by e-mail."""
        for housed in self.play.housed.values():
            if housed.key in self.asked or housed.leaves_on is not None:
                continue
            self.asked.add(housed.key)
            if self.play.draws.chance("papers by e-mail", housed.key) < BY_EMAIL:
                holder = self._holder(housed)
                name = sort_key(f"{holder.first_name}.{holder.last_name}").replace(" ", "-")
                holder = update_person(actor=self.actor, person=holder, email=f"{name}@menage.example")
                record_wish(
                    actor=self.actor, lease=housed.lease, kind=WishKind.EMAIL, person=holder,
                    proof="Clause signée au bail",
                )  # fmt: skip

    def day(self, day: date) -> None:
        """The calls are made, the quittances of the week given. In the last weeks some ask for theirs, and a letter and
        an e-mail come back."""
        left = (self.play.last_day - day).days
        if self.play.large:
            return
        if left > GIVEN and day.weekday() == calendar.FRIDAY:
            issue_due_receipts(day=day, actor=Actor.system())
        if left > LAST_POST and day.weekday() == calendar.FRIDAY:
            self._post(day)
        if left > UNCALLED.days:
            self._call(day)
        elif left == GIVEN:
            # Those of terms that were settled before are nothing that was asked for.
            issue_due_receipts(day=day, actor=Actor.system())
        elif left == 10:
            for housed in self.play.housed.values():
                wants = self.play.draws.chance("quittance each month", housed.key) < MONTHLY
                if wants and housed.leaves_on is None:
                    record_wish(
                        actor=self.actor, lease=housed.lease, kind=WishKind.MONTHLY_RECEIPT,
                        person=self._holder(housed),
                    )  # fmt: skip
        elif left == 5:
            for letter in self._sent(Channel.PAPER):
                mark_returned(message=letter, actor=self.actor)
        elif left == 3:
            for mail in self._sent(Channel.EMAIL):
                keep_report(
                    provider=mail.provider, reference=mail.provider_ref, said="5.2.2", said_on=day.isoformat(),
                    outcome=Outcome.FAILED, content={"diagnostic": REFUSED},
                )  # fmt: skip
        elif left == 0:
            issue_due_receipts(day=day, actor=Actor.system())
            send_wanted_receipts(actor=Actor.system())
            deliver()
            take_out(actor=self.actor)

    def _post(self, day: date) -> None:
        """The letters of the week are posted. A formal notice has its number, and later what the post did with it."""
        take_out(actor=self.actor)
        mark_posted(until=clock.now(), actor=self.actor)
        posted = Message.objects.filter(kind=ArrearsMessage.FORMAL_NOTICE, state=MessageState.SENT, registered=None)
        for message in posted.order_by("addressee", "pk"):
            number = f"2C{12345678900 + RegisteredLetter.objects.count():011}"
            note_posted(message=message, posted_on=day, number=number, actor=self.actor)
        told = RegisteredLetter.objects.filter(outcome="", posted_on__lte=day - TOLD_AFTER).select_related("message")
        for letter in told.order_by("number"):
            is_received = self.play.draws.chance("registered", letter.message.addressee) < RECEIVED
            outcome = RegisteredOutcome.RECEIVED if is_received else RegisteredOutcome.UNCLAIMED
            note_outcome(message=letter.message, outcome=outcome, outcome_on=day, actor=self.actor)

    def _call(self, day: date) -> None:
        for message in [call.message for sheet in call_sheet().sheets for call in sheet.calls]:
            if message.created_at.date() < day:
                drawn = self.play.draws.chance("a call", message.addressee, day)
                outcome = CallOutcome.REACHED if drawn < ANSWERED else CallOutcome.NO_ANSWER
                record_call(message=message, outcome=outcome, actor=self.actor)

    @staticmethod
    def _holder(housed: Housed) -> Person:
        return housed.lease.parties.select_related("person").get(role=PartyRole.HOLDER).person

    def _sent(self, channel: Channel) -> list[Message]:
        """One avis that left that way: the same each time that the demo is made."""
        rows = Message.objects.filter(kind=BillingMessage.AVIS, channel=channel, state=MessageState.SENT)
        return list(rows.order_by("addressee", "pk")[:1])
