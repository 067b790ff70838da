"""A report as data: what the letter tells, to who may send it."""

import pytest

from leases.models import Person
from office.access.codes import Role
from rent_ledger.arrears.services.reports import note_answer, note_sent, prepare_report
from tests.api import Api
from tests.factories import make_actor, make_association
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, TODAY, opened_case

pytestmark = pytest.mark.django_db


def test_a_report_is_given_as_data_and_hides_what_its_letter_hides() -> None:
    make_association()
    case = opened_case(months=(OCT, NOV))
    at, manager = f"/arrears/cases/{case.pk}/reports", Api(Role.RENTAL_MANAGER)
    assert manager.get(at) == []
    report = prepare_report(case=case, actor=make_actor())
    [told] = manager.get(at)
    assert (told["facts"]["total"], told["due_on"], told["sent_on"], told["step"]) == ("426.00", "2027-01-01", None, "")
    assert [month["left"] for month in told["facts"]["months"]] == ["213.00", "213.00"]
    assert told["facts"]["home"] == report.facts["home"]
    note_sent(report=report, sent_on=TODAY, sent_by="PORTAL", actor=make_actor())
    note_answer(report=report, route="PLAN", answered_on=TODAY, actor=make_actor())
    assert manager.get(at)[0]["step_due_on"] == "2027-05-05"
    Person.objects.filter(memberships__household=case.account.household).update(is_address_protected=True)
    assert manager.get(at)[0]["facts"]["home"] == []
    Api(Role.SOCIAL_WORKER).get(at, status=403)
