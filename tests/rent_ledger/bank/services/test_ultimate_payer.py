"""Who is behind a payer is kept, shown, and named for matching: it speaks for a household, and against another."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from rent_ledger.bank.codes import LineState
from rent_ledger.bank.formats.detect import read_bank_file
from rent_ledger.bank.services.bank_lines import drafts_of
from rent_ledger.models import BankLine, Match
from tests.factories import make_bank_account, make_let, make_user, owe
from tests.pages import plain, signed_in
from tests.rent_ledger.banking import camt, cfonb, drop, movement, written

NOV_1 = date(2026, 11, 1)
pytestmark = pytest.mark.django_db
LIVES = "<PstlAdr><StrtNm>rue Haute</StrtNm><BldgNb>12</BldgNb><PstCd>31000</PstCd><TwnNm>TOULOUSE</TwnNm></PstlAdr>"


def behind(name: str, *, payer: str = "DRFIP OCCITANIE", amount: str = "480.00", address: str = "") -> bytes:
    """A credit that `payer` sent for somebody else, as a camt file says it."""
    data = camt(written(make_bank_account(), movement(amount, name=payer, label="AIDE SECOURS"))).decode()
    found = re.search(r"<Dbtr>(.*?)</Dbtr>", data, re.DOTALL)
    assert found
    whole = f"<Dbtr>{found[1]}{address}</Dbtr>"
    rest = data[found.end() :]
    account = re.match(r"\s*<DbtrAcct>.*?</DbtrAcct>", rest, re.DOTALL)
    after = found.end() + (account.end() if account else 0)
    kept = data[found.end() : after]
    return (data[: found.start()] + whole + kept + f"<UltmtDbtr><Nm>{name}</Nm></UltmtDbtr>" + data[after:]).encode()


def test_who_is_behind_the_payer_is_kept_and_shown():
    drop(behind("COSTA AMANDINE", address=LIVES))
    line = BankLine.objects.get()
    assert (line.counterparty_name, line.ultimate_name) == ("DRFIP OCCITANIE", "COSTA AMANDINE")
    assert line.counterparty_address == "12 rue Haute, 31000 TOULOUSE"
    client = signed_in(make_user())
    assert "Au nom de COSTA AMANDINE" in plain(client.get(reverse("rent_ledger:bank")))
    page = " ".join(plain(client.get(reverse("rent_ledger:bank_place", args=[line.pk]))).split())
    assert "au nom de COSTA AMANDINE" in page
    assert "12 rue Haute, 31000 TOULOUSE" in page


def test_it_speaks_for_the_household_that_it_names():
    lease = make_let()
    account = owe(lease=lease, due_on=NOV_1, amount="480.00")
    person = lease.parties.get().person
    drop(behind(f"{person.last_name} {person.first_name}".upper()))
    assert BankLine.objects.get().state == LineState.PROPOSED
    assert Match.objects.get().account_id == account


def test_it_speaks_against_another():
    one, other = make_let(), make_let()
    owe(lease=one, due_on=NOV_1, amount="480.00")
    owe(lease=other, due_on=NOV_1, amount="480.00")
    payer, named = (lease.parties.get().person for lease in (one, other))
    drop(behind(f"{named.last_name} {named.first_name}".upper(), payer=f"ALIX {payer.last_name}".upper()))
    assert BankLine.objects.get().state != LineState.SURE


def test_the_same_file_still_shows_the_same_lines():
    data = behind("COSTA AMANDINE")
    [draft] = drafts_of(read_bank_file(data, filename="a.xml").statements[0])
    plainly = data.replace(b"<UltmtDbtr><Nm>COSTA AMANDINE</Nm></UltmtDbtr>", b"")
    [former] = drafts_of(read_bank_file(plainly, filename="b.xml").statements[0])
    assert draft.content_hash == former.content_hash
    assert draft.amount == Decimal("480.00")


def test_the_third_party_of_cfonb_is_kept():
    data = cfonb(written(make_bank_account(), movement("480.00", name="DRFIP OCCITANIE", label="AIDE"))).decode(
        "latin-1"
    )
    lines = data.split("\n")
    place = next(i for i, text in enumerate(lines) if text[45:48] == "NPY")
    third = lines[place][:45] + "NPO" + "COSTA AMANDINE".ljust(70) + lines[place][118:]
    lines.insert(place + 1, third)
    [draft] = drafts_of(read_bank_file("\n".join(lines).encode("latin-1"), filename="a.cfo").statements[0])
    assert (draft.counterparty_name, draft.ultimate_name) == ("DRFIP OCCITANIE", "COSTA AMANDINE")
