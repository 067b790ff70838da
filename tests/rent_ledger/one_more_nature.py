"""A program: the product with one more line in its registry of natures, from the contract to the quittance.

Run by `services/test_new_nature.py` in a process of its own, since the registry is read once, at start. It works on the
database that ANCRAGE_TEST_DATABASE names, and ends with an AssertionError where the new nature is not known somewhere.
"""

import sys
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from types import ModuleType

# Numbers and names that no nature of the house will take: adding one must not break this program.
LINE = '    SAMPLE = "SAMPLE", "Taxe d’essai", _term(59, Income(99, "70899", "Taxe d’essai"), ending="e")\n'


def add_the_line() -> None:
    """Load `leases.contracts.natures` with `LINE` after its other natures of charge."""
    import leases

    spec = find_spec("leases.contracts.natures")
    assert spec is not None
    assert spec.origin is not None
    with open(spec.origin, encoding="utf-8") as file:
        before, services, after = file.read().partition("    SERVICES = ")
    line, end, rest = after.partition("\n")
    module = ModuleType("leases.contracts.natures")
    sys.modules["leases.contracts.natures"] = leases.contracts.natures = module  # type: ignore[attr-defined]
    exec(compile(before + services + line + end + LINE + rest, spec.origin, "exec"), module.__dict__)


def live() -> None:
    """One household from October to December 2026, with an amount of the new nature from November on."""
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()

    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from common import clock
    from common.periods import Month
    from leases.contracts.codes import DemandKind
    from office.access.actor import Actor
    from office.documents.services import render
    from office.jobs.worker import drain
    from rent_ledger.arrears.filters import ALL_WORD
    from rent_ledger.arrears.services.detection import detect_arrears
    from rent_ledger.billing.queries.explain_demand import explain_demand
    from rent_ledger.billing.services.papers import demand_documents
    from rent_ledger.billing.services.receipts import issue_receipt
    from rent_ledger.billing.services.runs import launch_run
    from rent_ledger.books.queries.explain import explain_debt
    from rent_ledger.checking.services import check_ledger
    from rent_ledger.models import Account, OpenItem, Posting
    from tests.factories import make_actor, make_association, make_bank_account, make_let, make_right, make_user, pay

    def run(month: Month) -> list:
        made = launch_run(month=month, actor=make_actor())
        drain(made.job_id)
        return list(made.demands.order_by("id"))

    def amounts(**wanted: object) -> dict[str, Decimal]:
        rows = Posting.objects.filter(**wanted).values_list("nature", "amount")
        return dict(rows)

    with clock.travel(date(2026, 10, 5)):
        call_command("migrate", verbosity=0)
        assert Account.objects.get(pk=99).label == "Taxe d’essai"
        make_association()
        make_bank_account()
        lease = make_let(rent="400.00", charges="80.00", name="M. Tri")
        make_right(lease=lease, amount="450.00", start=date(2026, 1, 1))
        run(Month(2026, 10))

    with clock.travel(date(2026, 11, 10)):
        manager = make_user()
        client = Client()
        client.force_login(manager)
        actor = Actor.of(manager)

        # The contract bears it.
        term = {"nature": "SAMPLE", "amount": "12,50", "mode": "", "from_day": "01/11/2026", "reason": "Avis 2026"}
        answer = client.post(reverse("leases:term_new", args=[lease.pk]), term)
        assert answer.status_code == 302, answer.content.decode()
        assert "Taxe d’essai" in client.get(reverse("leases:lease", args=[lease.pk])).content.decode()

        # A run bills it to its own account; no benefit is paid on it.
        preview = client.get(reverse("rent_ledger:runs"), {"mois": "2026-11", "vue": "tous"}).content.decode()
        assert "Taxe d’essai en plus" in preview
        with clock.travel(date(2026, 11, 1)):
            [demand] = run(Month(2026, 11))
        assert (demand.gross, demand.benefit, demand.net) == (Decimal("492.50"), Decimal(450), Decimal("42.50"))
        assert amounts(entry__demand=demand, credit=99) == {"SAMPLE": Decimal("12.50")}
        assert "Taxe d’essai" in [part.text() for part in explain_demand(demand).parts]

        # Money is laid on rent and charges before it.
        tenant = Account.objects.get(kind="TENANT", lease=lease)
        pay(account=tenant.pk, on=date(2026, 11, 9), amount="65.00")
        left = OpenItem.objects.filter(account=tenant, is_debit=True).values_list("nature", "remaining")
        assert dict(left) == {"SAMPLE": Decimal("7.50")}
        assert "Taxe d’essai" in str(explain_debt(tenant.pk, date(2026, 11, 10), actor))

        # The avis names it, in its place, and prints.
        document = demand_documents(demands=[demand], actor=actor)[demand.pk]
        assert [line["label"] for line in document.data["lines"]] == ["Loyer", "Provision pour charges", "Taxe d’essai"]
        assert render(document).startswith(b"%PDF")

        # Pages, the API and the export say it or its amount.
        pages = [
            reverse("rent_ledger:demand", args=[demand.pk]),
            reverse("rent_ledger:demand_why", args=[demand.pk]),
            reverse("rent_ledger:statement", args=[tenant.pk]),
            reverse("rent_ledger:statement_print", args=[tenant.pk]),
            reverse("rent_ledger:why_debt", args=[tenant.pk]),
            reverse("desk:household", args=[lease.household_id]),
            reverse("rent_ledger:run", args=[demand.run_id]),
            reverse("rent_ledger:arrears"),
        ]
        detect_arrears(day=date(2026, 11, 10), actor=Actor.system())
        shown = {page: client.get(page) for page in pages}
        assert {answer.status_code for answer in shown.values()} == {200}, shown
        assert "Taxe d’essai" in shown[pages[1]].content.decode()
        assert "12,50" in shown[pages[5]].content.decode()
        told = client.get(f"/api/v1/leases/{lease.pk}").json()
        assert [term["nature"] for term in told["rent_terms"]].count("SAMPLE") == 1
        export = client.get(reverse("rent_ledger:arrears_export"), {"situation": ALL_WORD}).content.decode()
        assert "M. Tri" in export
        assert ";7,50;7,50;" in export

        # The quittance waits for it.
        assert issue_receipt(demand=demand, actor=actor).kind == "PARTIAL"
        pay(account=tenant.pk, on=date(2026, 11, 10), amount="7.50")
        assert not OpenItem.objects.filter(account=tenant, is_debit=True).exists()

    with clock.travel(date(2026, 12, 1)):
        # After the end of the contract it is billed as itself.
        stay = make_let(rent="300.00", charges="30.00", end=date(2026, 11, 1), name="Mme Reste")
        stay.occupancies.update(period=(date(2026, 1, 1), None), main_period=(date(2026, 1, 1), None))
        stay.rent_terms.create(nature="SAMPLE", amount=Decimal("9.00"), period=(date(2026, 1, 1), None))
        [indemnity] = [d for d in run(Month(2026, 12)) if d.lease_id == stay.pk]
        assert indemnity.kind == DemandKind.INDEMNITY
        booked = {"INDEMNITY": Decimal(300), "INDEM_CHG": Decimal(30), "SAMPLE": Decimal(9)}
        # November, which the lease missed, comes with it.
        assert amounts(entry__demand=indemnity, debit__lease=stay, for_month=date(2026, 12, 1)) == booked
        assert check_ledger() == []


if __name__ == "__main__":
    add_the_line()
    live()
    print("known everywhere")
