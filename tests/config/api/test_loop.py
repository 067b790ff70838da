"""The whole loop through the API alone: from an owner and a dwelling to the answer of a social worker.

Only what the night does by itself (the work of jobs, the detection of arrears, the raising of alerts) is called here.
"""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common import clock
from leases.models import Household, Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.worker import drain
from rent_ledger.arrears.services.detection import detect_arrears
from social_link.alerts.services.raising import raise_alerts
from tests.api import Api
from tests.factories import make_association, make_bank_account, make_referent
from tests.rent_ledger.banking import camt, movement, written

pytestmark = pytest.mark.django_db


def prepared_lease(manager: Api) -> int:
    """From the owner to a contract that bills 480,00 € a month since 1 September, 150,00 € of it by the CAF."""
    owner = manager.post("/organisations", {"name": "Habitat du Fleuve", "kinds": ["LANDLORD"]}, status=201)
    caf = manager.post("/organisations", {"name": "CAF de Loire", "kinds": ["BENEFIT_PAYER"]}, status=201)
    building = manager.post(
        "/buildings",
        {"street": "4 rue des Tanneurs", "postcode": "44000", "city": "Nantes", "commune": "44109"},
        status=201,
    )
    dwelling = manager.post("/dwellings", {"building_id": building["id"], "rooms": 3, "surface": "58.00"}, status=201)
    agreement = manager.post(
        "/agreements",
        {
            "kind": "PROVISION",
            "reference": "MAD-7",
            "title": "Centre",
            "owner_id": owner["id"],
            "from_day": "2026-01-01",
        },
        status=201,
    )
    line = manager.post(f"/agreements/{agreement['id']}/dwellings", {"dwelling_id": dwelling["id"]}, status=201)
    assert line["period"] == {"from_day": "2026-01-01", "last_day": None}

    household = manager.post(
        "/households",
        {
            "people": [{"first_name": "Fatou", "last_name": "Sarr", "civility": "MME", "birth_date": "1985-04-12"}],
            "from_day": "2026-09-01",
        },
        status=201,
    )
    child = manager.post(
        f"/households/{household['id']}/members",
        {"first_name": "Awa", "last_name": "Sarr", "birth_date": "2018-02-28", "role": "CHILD"},
        status=201,
    )
    assert child["age"] == 8
    assert household["name"] == "Mme Fatou Sarr"

    lease = manager.post(
        "/leases",
        {
            "kind": "SUBLEASE",
            "household_id": household["id"],
            "unit_id": dwelling["units"][0]["id"],
            "agreement_id": agreement["id"],
            "from_day": "2026-09-01",
            "holder_id": household["members"][0]["person"]["id"],
        },
        status=201,
    )
    at = f"/leases/{lease['id']}"
    manager.post(f"{at}/rent-terms", {"nature": "RENT", "amount": "400.00"}, status=201)
    manager.post(f"{at}/rent-terms", {"nature": "CHARGES", "amount": "80.00", "mode": "PROVISION"}, status=201)
    manager.post(f"{at}/due-terms", {"due_rule": "ADVANCE", "due_day": 1}, status=201)
    manager.refused(f"{at}/activate", {}, status=422, code="not_ready")
    for check in manager.get(at)["checks"]:
        if not check["is_done"]:
            manager.post(f"{at}/checks", {"item": check["item"], "done_on": "2026-09-01"})
    assert manager.post(f"{at}/activate", {})["state"] == "ACTIVE"
    manager.refused(f"{at}/activate", {}, status=409, code="wrong_state")

    right = {"payer_id": caf["id"], "kind": "APL", "beneficiary_number": "1234567", "amount": "150.00"}
    manager.post(f"{at}/benefit-rights", right | {"start": "2026-09-01"}, status=201)
    return int(lease["id"])


def billed(manager: Api, month: str) -> int:
    """A run of the month, worked to its end."""
    # In time: asked after its due day, a demand leaves days to pay.
    with clock.travel(date.fromisoformat(f"{month}-01")):
        run = manager.post("/rent-runs", {"month": month}, status=201)
        assert run["state"] == "RUNNING"
        assert manager.get(f"/jobs/{run['job']['id']}")["state"] == "RUNNING"
        drain()
        assert manager.get(f"/jobs/{run['job']['id']}")["state"] == "DONE"
        return int(run["id"])


def test_from_the_owner_to_the_answer() -> None:
    make_association()
    bank = make_bank_account()
    manager, worker = Api(Role.RENTAL_MANAGER), Api(Role.SOCIAL_WORKER)
    lease_id = prepared_lease(manager)
    lease = Lease.objects.get(pk=lease_id)
    make_referent(household=lease.household, user=worker.user)

    # The run: what it would do, done, undone, done again.
    preview = manager.get("/rent-runs/preview", month="2026-10")
    assert (preview["to_make"], preview["to_ask"]) == (1, "330.00")
    billed(manager, "2026-10")
    november = billed(manager, "2026-11")
    manager.refused("/rent-runs", {"month": "2026-11"}, status=422, code="nothing_to_bill")
    assert manager.get(f"/rent-runs/{november}/obstacles") == []
    manager.post(f"/rent-runs/{november}/undo")
    drain()
    assert manager.get(f"/rent-runs/{november}")["state"] == "UNDONE"
    again = billed(manager, "2026-11")
    [demand] = manager.get(f"/rent-runs/{again}/demands")["items"]
    assert (demand["gross"], demand["benefit"], demand["net"]) == ("480.00", "150.00", "330.00")
    shown = manager.get(f"/rent-demands/{demand['id']}")
    assert {key: shown[key] for key in demand} == demand
    assert shown["run_id"] == again
    assert [(x["source"], x["nature"], x["label"], x["amount"], x["month"]) for x in shown["lines"]] == [
        ("TERMS", "RENT", "Loyer", "400.00", "2026-11"),
        ("TERMS", "CHARGES", "Charges", "80.00", "2026-11"),
        ("BENEFIT", "BENEFIT", "Aide au logement attendue, mise à part", "-150.00", "2026-11"),
    ]

    # The bank: seen first, then imported, once; a line placed by hand.
    data = camt(written(bank, movement("100.00", reference=lease.payment_reference), movement("50.00", name="INCONNU")))
    seen = manager.post("/bank-files", form={"file": SimpleUploadedFile("r.xml", data), "dry_run": "true"}, status=201)
    assert (seen["is_written"], seen["new"]) == (False, 2)
    report = manager.post("/bank-files", form={"file": SimpleUploadedFile("r.xml", data)}, status=201)
    assert (report["new"], report["sure"], report["to_place"]) == (2, 1, 1)
    manager.refused("/bank-files", form={"file": SimpleUploadedFile("r.xml", data)}, status=409, code="same_file")
    [line] = manager.get("/bank-lines", state="TO_PLACE")["items"]
    shares = {"shares": [{"lease_id": lease_id, "amount": "50.00"}]}
    assert manager.post(f"/bank-lines/{line['id']}/place", shares)["state"] == "PLACED"
    manager.refused(f"/bank-lines/{line['id']}/place", shares, status=409, code="line_decided")

    # The desk: the same key is the same payment.
    key = uuid4()
    cash = {"lease_id": lease_id, "method": "CASH", "amount": "30.00", "received_on": "2026-11-05"}
    first = manager.post("/payments", cash, key=key, status=201)
    assert manager.post("/payments", cash, key=key, status=201) == first
    manager.refused("/payments", cash | {"amount": "31.00"}, key=key, status=409, code="key_reused")

    # One debt, three ways: 2 × 330,00 less 100,00, 50,00 and 30,00.
    [account] = manager.get("/accounts", lease_id=lease_id)["items"]
    owed = manager.get(f"/accounts/{account['id']}")["state"]["debt"]
    assert owed == "480.00"
    assert manager.get(f"/accounts/{account['id']}/statement")["remaining"] == owed
    why = manager.get(f"/accounts/{account['id']}/debt-explanation")
    assert why["amount"] == owed
    assert sum(Decimal(part["amount"]) for part in why["children"] if part["amount"]) == Decimal(owed)

    # The case: the list and the case say the same; the manager asks the social service.
    detect_arrears(day=clock.today(), actor=Actor.system())
    listed = manager.get("/arrears")
    [row] = listed["items"]
    assert (row["debt"], row["household"]["id"]) == (owed, lease.household_id)
    assert [known["until"] for known in listed["banks"]] == ["2026-11-04"]
    case = manager.get(f"/arrears/cases/{row['case_id']}")
    assert (case["state"]["debt"], case["action"], case["reason"]) == (owed, row["action"], row["reason"])
    assert case["legal"]["regime"] == "R2026"
    assert case["bank_known_until"] == "2026-11-04"
    request = manager.post(f"/arrears/cases/{case['id']}/help-request", status=201)
    assert manager.post(f"/arrears/cases/{case['id']}/help-request", status=201) == request

    # The alert: taken, a visit, answered; the manager reads the answer and the hold.
    raise_alerts(day=clock.today(), actor=Actor.system())
    [alert] = worker.get("/alerts")["items"]
    assert alert["household"]["id"] == lease.household_id
    at = f"/alerts/{alert['id']}"
    assert worker.post(f"{at}/acknowledge")["state"] == "ACK"
    visit = {"household_id": lease.household_id, "kind": "VISIT", "day": "2026-11-05"}
    contact = worker.post("/contacts", visit, key=uuid4(), status=201)
    assert contact["alert_id"] == alert["id"]
    answer = {
        "contact_made": True,
        "cause": "BENEFIT",
        "hold_until": "2026-11-25",
        "next_step": "BENEFIT",
        "next_step_on": "2026-11-25",
    }
    assert worker.post(f"{at}/answer", answer)["state"] == "ANSWERED"
    worker.refused(f"{at}/answer", answer, status=409, code="answered")

    case = manager.get(f"/arrears/cases/{row['case_id']}")
    assert [(a["cause"], a["next_step"]) for a in case["answers"]] == [("BENEFIT", "BENEFIT")]
    assert ("SOCIAL", "2026-11-25") in [(h["source"], h["until"]) for h in case["holds"] if h["lifted_at"] is None]
    assert case["open_request"] is None


def test_the_end_of_a_contract() -> None:
    make_association()
    manager = Api(Role.RENTAL_MANAGER)
    lease_id = prepared_lease(manager)
    at = f"/leases/{lease_id}"
    manager.post(f"{at}/notice", {"received_on": "2026-10-01", "last_day": "2026-10-31"})
    ended = manager.post(f"{at}/end", {"last_day": "2026-10-31", "reason": "SOCIAL"})
    assert (ended["state"], ended["period"]["last_day"]) == ("ENDED", "2026-10-31")
    manager.refused(f"{at}/end", {"last_day": "2026-10-31", "reason": "SOCIAL"}, status=409, code="wrong_state")
    household = manager.get(f"/households/{Household.objects.get().pk}")
    assert household["address"] is None
    assert date.fromisoformat(household["members"][0]["since"]) == date(2026, 9, 1)
