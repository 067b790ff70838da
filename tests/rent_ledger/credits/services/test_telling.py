"""A household is told of its credit: by its way, once, in words that say whose money it is."""

from datetime import date

import pytest

from common.errors import Conflict, InvalidInput
from common.typography import NBSP
from leases.contracts.natures import Nature
from leases.models import Lease
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from rent_ledger.books.codes import EntryKind
from rent_ledger.credits.codes import CreditUse
from rent_ledger.credits.models import CreditChoice
from rent_ledger.credits.services.credits import undo_credit_choice
from rent_ledger.credits.services.telling import tell_household
from tests.factories import make_actor, make_association, make_let
from tests.rent_ledger.billing.services.test_sending import agrees
from tests.rent_ledger.credits.services.test_credits import account_of, decide, give

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05T10:00")]


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()


def tell(choice: CreditChoice, **more: str) -> Message:
    return tell_household(choice=choice, actor=make_actor(), **more)


def test_a_letter_says_whose_the_aid_is_and_is_filed() -> None:
    account = account_of()
    give(account, "25.00", Nature.BENEFIT, EntryKind.BENEFIT_SETTLED)
    choice = decide(account, CreditUse.REFUND)
    message = tell(choice)
    assert (message.channel, message.state) == (Channel.PAPER, MessageState.CREATED)
    body = message.body.replace(NBSP, " ")
    assert "une avance de 125,00 €. Vous avez payé 100,00 € en trop. 25,00 € viennent de votre aide" in body
    assert "article L. 842-1" in body
    assert f"l’IBAN finit par {choice.iban[-4:]}" in body
    assert choice.iban not in body
    assert message.document is not None
    assert message.document.data["paragraphs"][0].startswith("Bonjour")
    # Twice is once, and what is decided anew takes back what has not left.
    assert tell(choice).pk == message.pk
    undone = decide(account, CreditUse.KEEP)
    kept = decide(account, CreditUse.KEEP, until=date(2027, 2, 1))
    message.refresh_from_db()
    assert message.state == MessageState.WITHDRAWN
    with pytest.raises(Conflict) as refused:
        tell(undone)
    assert refused.value.code == "not_standing"
    assert "elle paie vos prochains termes" in tell(kept).body
    undo_credit_choice(choice=kept, actor=make_actor())
    assert Message.objects.filter(state=MessageState.WITHDRAWN).count() == 2


def test_who_agreed_to_it_gets_an_e_mail() -> None:
    lease = make_let(start=date(2024, 3, 15))
    choice = decide(account_of(lease=lease))
    agrees(lease)
    message = tell(choice)
    assert (message.channel, message.address, message.document) == (Channel.EMAIL, "sarr@menage.example", None)


def test_who_has_left_needs_an_address() -> None:
    lease = make_let(start=date(2024, 3, 15))
    account = account_of(lease=lease)
    left = {"period": (date(2024, 3, 15), date(2026, 11, 5)), "state": "ENDED", "end_reason": "NOTICE"}
    Lease.objects.filter(pk=lease.pk).update(**left)
    choice = decide(account)
    with pytest.raises(InvalidInput) as refused:
        tell(choice)
    assert refused.value.field == "address"
    message = tell(choice, address="3 rue Neuve\n\n44000 Nantes")
    assert message.document is not None
    assert message.document.data["recipient"][1:] == ["3 rue Neuve", "44000 Nantes"]
