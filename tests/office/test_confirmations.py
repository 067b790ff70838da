"""What is asked before something unusual is asked once, and its reason is kept with what was done."""

import re
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import Asked
from common.links import link
from common.periods import Month
from common.reasons import Reason
from leases.contracts.codes import LeaseQuestion
from leases.households.codes import LeavingQuestion
from office.confirmations.queries import confirmed
from office.confirmations.services import ask, keep
from office.confirmations.subjects import declared
from office.models import Confirmation
from office.parameters.codes import WithdrawalQuestion
from rent_ledger.billing.codes import RunQuestion
from rent_ledger.payments.codes import PaymentQuestion
from rent_ledger.procedures.codes import ProcedureQuestion
from social_link.contacts.codes import ContactQuestion
from tests.access.readings import plain
from tests.factories import make_actor, make_user
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
ABOVE = Reason(PaymentQuestion.ABOVE_DUE, {"owed": Decimal("100.00"), "ahead": Decimal("20.00")})
CASH = Reason(PaymentQuestion.MUCH_CASH, {"most": Decimal("1000.00")})


def test_all_is_asked_at_once_and_what_is_not_asked_is_not_answered() -> None:
    for answers in ({}, {"above_due": "Décembre"}, {"above_due": "Décembre", "much_cash": "  "}):
        with pytest.raises(Asked) as refusal:
            ask([ABOVE, CASH], answers)
        assert (refusal.value.code, refusal.value.field) == ("above_due", "because")
        assert refusal.value.questions == ("above_due", "much_cash")
    assert ask([], {"above_due": "Décembre"}) == []
    assert [one.why for one in ask([CASH], {"much_cash": " Vente ", "above_due": "Décembre"})] == ["Vente"]


def test_the_answer_of_a_form_is_to_the_figures_that_it_was_asked_about() -> None:
    more = Reason(PaymentQuestion.ABOVE_DUE, {"owed": Decimal("100.00"), "ahead": Decimal("2000.00")})
    with pytest.raises(Asked) as refusal:
        ask([ABOVE], {})
    [mark] = refusal.value.marks
    assert [one.why for one in ask([ABOVE], {mark: "Décembre"})] == ["Décembre"]
    with pytest.raises(Asked):
        ask([more], {mark: "Décembre"})


def test_the_answer_is_kept_once_with_who_gave_it_and_why() -> None:
    actor = make_actor()
    for why in ("Décembre", "Janvier"):
        keep(ask([ABOVE], {"above_due": why}), about="payment", about_id=7, actor=actor)
    keep(ask([CASH], {"much_cash": "Vente"}), about="payment", about_id=8, actor=actor)
    [kept] = confirmed("payment", 7, PaymentQuestion)
    assert (kept.reason, kept.author) == ("Décembre", str(actor.user))
    assert "20,00" in kept.asked
    assert "resteraient en avance" in kept.asked
    assert confirmed("lease", 7, PaymentQuestion) == []


def test_an_answer_is_never_changed() -> None:
    keep(ask([CASH], {"much_cash": "Vente"}), about="payment", about_id=8, actor=make_actor())
    with pytest.raises(DatabaseError), transaction.atomic():
        Confirmation.objects.update(reason="Autre")
    assert Confirmation.objects.get().reason == "Vente"


def _keep_all(*, run_id: int = 1) -> None:
    actor = make_actor()
    for about, about_id, question, why in (
        ("payment", 7, ABOVE, "Décembre payé d’avance"),
        (
            "lease",
            8,
            Reason(LeaseQuestion.MUCH_RENT, {"amount": Decimal("4200.00"), "most": 2000}),
            "Une maison entière",
        ),
        ("household", 9, Reason(LeavingQuestion.PROTECTION_ENDS), "Ordonnance levée"),
        (
            "parameter_value",
            10,
            Reason(WithdrawalQuestion.HAS_SERVED, {"label": "Seuil", "value": "450", "since": date(2026, 1, 1)}),
            "Valeur saisie deux fois",
        ),
        ("procedure", 11, Reason(ProcedureQuestion.SOCIAL), "Le délai court depuis un an"),
        ("contact", 12, Reason(ContactQuestion.OVERLAP, {"on": date(2026, 11, 5), "at": "14 h"}), "Deux voisines"),
        ("rent_run", run_id, Reason(RunQuestion.EARLY_MONTH, {"month": Month(2027, 2)}), "Envoi avant Noël"),
    ):
        keep(ask([question], {str(question.code).lower(): why}), about=about, about_id=about_id, actor=actor)


TOLD = {
    "payment": ("Décembre payé d’avance", "100,00"),
    "lease": ("Une maison entière", "4 200,00"),
    "rent_run": ("Envoi avant Noël", "février 2027"),
    "parameter_value": ("Valeur saisie deux fois", "450"),
    "procedure": ("Le délai court depuis un an", "pourquoi continuer la procédure"),
    "household": ("Ordonnance levée", "La protection de l’adresse cesse"),
}


@pytest.mark.parametrize(
    ("role", "told", "opens"),
    [
        (
            "RENTAL_MANAGER",
            {"payment", "lease", "rent_run", "procedure"},
            {"payment", "lease", "rent_run", "household", "procedure"},
        ),
        ("DIRECTOR", {"lease", "parameter_value"}, {"lease", "parameter_value"}),
        ("ADMINISTRATOR", {"parameter_value"}, {"parameter_value"}),
    ],
)
def test_the_list_tells_of_a_thing_to_who_may_read_the_thing(role: str, told: set[str], opens: set[str]) -> None:
    """Who looks after the accounts reads no debt and no name: that something was confirmed, by whom and when. That an
    address was protected is told to none of them here."""
    _keep_all()
    page = signed_in(make_user(role=role)).get(reverse("office:confirmations"))
    text = plain(page.content.decode())
    rows = page.context["kept"]
    # That a social worker confirmed something is not even known here.
    assert "Deux voisines" not in text
    assert {row.label for row in rows} == {one.label for one in declared().values()} - {"Rendez-vous"}
    assert {row.author for row in rows} == {str(Confirmation.objects.latest("pk").author)}
    assert all(plain(row.author) in text for row in rows)
    assert {about for about, words in TOLD.items() if any(plain(word) in text for word in words)} == told
    assert {
        about for about, one in declared().items() if link(one.page, _ids()[about]) in page.content.decode()
    } == opens


def _ids() -> dict[str, int]:
    return dict(Confirmation.objects.values_list("about", "about_id"))


@pytest.mark.parametrize("role", ["SOCIAL_WORKER", "HEAD_OF_SOCIAL", "TECHNICIAN", "FUNDER"])
def test_the_list_is_closed_to_the_others(role: str) -> None:
    assert signed_in(make_user(role=role)).get(reverse("office:confirmations")).status_code == 403


def test_the_list_is_narrowed_and_asks_as_much_for_many_rows() -> None:
    reader = signed_in(make_user(role="RENTAL_MANAGER"))
    _keep_all()
    one = Confirmation.objects.filter(about="lease").values_list("author_id", flat=True)[0]
    url = reverse("office:confirmations")
    assert reader.get(url, {"sujet": "lease"}).context["page"].paginator.count == 1
    assert reader.get(url, {"personne": one}).context["page"].paginator.count == 6
    with CaptureQueriesContext(connection) as few:
        reader.get(url)
    for number in range(2, 12):
        _keep_all(run_id=number)
    with CaptureQueriesContext(connection) as many:
        shown = reader.get(url).context["kept"]
    assert len(many) == len(few)
    assert [row.number for row in shown if row.label == "Quittancement"] == list(range(11, 0, -1))


def test_each_subject_that_keeps_answers_is_declared() -> None:
    """A service that keeps answers about what nobody declared would leave rows without words in the list."""
    root, named = Path(settings.BASE_DIR), set()
    for app in ("office", "stock", "leases", "rent_ledger", "maintenance", "social_link", "desk"):
        for path in (root / app).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            if "office.confirmations.services" in source:
                module = import_module(".".join(path.relative_to(root).with_suffix("").parts))
                named |= {getattr(module, name) for name in re.findall(r"\bkeep\([^)]*about=(\w+)", source)}
    assert named == set(declared()) != set()
    questions = {code for one in declared().values() for kind in one.codes for code in kind.values}
    assert len(questions) == sum(len(kind.values) for one in declared().values() for kind in one.codes)
