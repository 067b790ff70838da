"""A procedure as data: where it stands, what is next, its steps; who reads it."""

from datetime import date

import pytest

from office.access.codes import Role
from office.models import Organisation
from tests.api import ROOT, Api
from tests.factories import make_association
from tests.pages import cost
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, opened_case
from tests.rent_ledger.procedures.services.test_steps import ALL, K, command, note

pytestmark = pytest.mark.django_db


def test_a_procedure_says_where_it_stands_and_what_is_next() -> None:
    make_association()
    case, worker = opened_case(months=(SEP, OCT, NOV), amount="200.00"), Api(Role.SOCIAL_WORKER)
    Organisation.objects.filter(owned_agreements__leases=case.account.lease).update(
        body="HLM", is_person=False, is_family_company=False
    )
    at = f"/arrears/cases/{case.pk}/procedure"
    told = worker.get(at)
    assert (told["procedure_id"], told["track"], told["steps"]) == (None, "LEASE", [])
    command(case)
    note(case, K.SEIZED, date(2026, 9, 3))
    few = cost(worker.client, ROOT + at)
    note(case, K.WRIT, date(2026, 11, 4), hearing_on=date(2027, 1, 28))
    assert cost(worker.client, ROOT + at) == few
    told = worker.get(at)
    assert told["where"].replace("\u00a0", " ") == "Audience le 28 janv. 2027"
    assert [(one["kind"], one["by_on"]) for one in told["coming"]] == [("PREFECT", "2026-12-17"), (None, None)]
    first, _, writ = told["steps"]
    assert (first["kind"], first["amount"], sorted(first["items"])) == ("COMMAND", "200.00", sorted(ALL))
    assert (writ["kind"], writ["hearing_on"], writ["why"], writ["proofs"]) == ("WRIT", "2027-01-28", None, 0)
    Api(Role.DIRECTOR).get(at, status=403)
