"""Papers: made at once, laid out on first need, the same bytes ever after."""

import hashlib
import json
import threading
from datetime import date, timedelta
from typing import Any

import pytest
import typst
from django.conf import settings
from django.db import connection

from common import clock
from common.errors import InvalidInput
from office.access.actor import Actor
from office.documents import services as documents
from office.documents.services import (
    HAND_DELIVERED,
    CantRender,
    current_version,
    file_name,
    identity,
    make_document,
    new_document,
    render,
    render_copy,
    render_together,
    without_address,
)
from office.models import Document
from tests.factories import make_association

pytestmark = pytest.mark.django_db
DATA: dict[str, Any] = {
    "recipient": ["Mme Fatou Sarr", "4 rue de l’Océan", "44000 Nantes"],
    "month": "2026-11",
    "due_on": "2026-11-01",
    "lines": [{"label": "Loyer", "amount": "412.3"}, {"label": "# Charges *pièges* $x$", "amount": "-1204.70"}],
    "total": "1234567.89",
}


@pytest.fixture(autouse=True)
def association() -> None:
    make_association()


def _make(number: str = "2026-001", **data: Any) -> Document:
    return make_document(kind="sample", number=number, title="Essai du papier", data=DATA | data, actor=Actor.system())


WORDS = r"""
#import "/office/documents/paper.typ": day, euros, month, number
#assert.eq(euros("1204.7"), "1\u{202f}204,70\u{a0}€")
#assert.eq(euros("-12"), "−12,00\u{a0}€")
#assert.eq(euros("1234567.89"), "1\u{202f}234\u{202f}567,89\u{a0}€")
#assert.eq(euros(none), "–")
#assert.eq(number(12), "12")
#assert.eq(month("2026-08-01"), "août 2026")
#assert.eq(day("2026-11-05"), [5] + "\u{a0}novembre 2026")
"""


def test_the_paper_writes_figures_and_days_in_french() -> None:
    assert typst.compile(WORDS.encode(), root=str(settings.BASE_DIR), format="pdf")


def test_a_pdf_for_everybody() -> None:
    pdf = render(_make())
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in pdf
    assert b"/Lang" in pdf
    assert b"/StructTreeRoot" in pdf


def test_it_is_archived_with_its_hash() -> None:
    document = _make()
    pdf = render(document)
    row = Document.objects.get(pk=document.pk)
    assert bytes(row.pdf or b"") == pdf
    assert row.sha256 == document.sha256 == hashlib.sha256(pdf).hexdigest()


def test_a_reprint_gives_the_same_bytes_whatever_changed_since(monkeypatch: pytest.MonkeyPatch) -> None:
    document = _make()
    pdf = render(document)
    make_association(name="Un autre nom")
    monkeypatch.setattr(documents, "_compile", lambda *args: pytest.fail("laid out twice"))
    with clock.travel(clock.today() + timedelta(days=400)):
        assert render(document) == pdf


def test_rendering_late_gives_what_rendering_at_once_gives() -> None:
    first = _make()
    at_once = render(first)
    Document.objects.filter(pk=first.pk).update(pdf=None, sha256="")
    make_association(name="Un autre nom")
    with clock.travel(date(2028, 2, 29)):
        assert render(first) == at_once


def test_the_same_number_is_the_same_document() -> None:
    first = _make()
    assert _make(total="0.00").pk == first.pk
    first.refresh_from_db()
    assert first.data["total"] == DATA["total"]
    assert Document.objects.count() == 1


def test_lists_do_not_carry_the_bytes(django_assert_num_queries: Any) -> None:
    render(_make())
    with django_assert_num_queries(1):
        (row,) = Document.objects.all()
    assert "pdf" in row.get_deferred_fields()


def test_nothing_is_made_before_the_house_has_a_name() -> None:
    from office.models import Association

    Association.objects.all().delete()
    with pytest.raises(InvalidInput, match="identité de l’association"):
        _make()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InvalidInput):
        make_document(kind="unknown", number="1", title="x", data={}, actor=Actor.system())
    assert current_version("sample") == 1


def test_data_that_the_template_refuses_archives_nothing() -> None:
    document = _make(due_on="jeudi")
    with pytest.raises(CantRender, match="2026-001"):
        render(document)
    document.refresh_from_db()
    assert (document.pdf, document.sha256) == (None, "")


def test_many_share_one_identity() -> None:
    house = identity()
    made = [
        new_document(kind="sample", number=str(n), title="Essai", data=DATA, actor=Actor.system(), house=house)
        for n in range(3)
    ]
    Document.objects.bulk_create(made)
    pdf = render_together(made, title="Trois essais")
    assert b"/Count 3" in pdf


def test_documents_of_two_kinds_are_not_printed_together() -> None:
    first, second = _make("1"), _make("2")
    second.kind = "another"
    with pytest.raises(InvalidInput):
        render_together([first, second], title="x")
    with pytest.raises(InvalidInput):
        render_together([], title="x")


def test_a_file_name_is_safe() -> None:
    assert file_name(_make("N° 12/é")) == "Essai-du-papier-N-12-e.pdf"


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_archive_one_pdf() -> None:
    document = _make()
    barrier = threading.Barrier(2)
    found: list[bytes] = []

    def read() -> None:
        barrier.wait()
        found.append(render(Document.objects.get(pk=document.pk)))
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]


def test_a_copy_without_address_keeps_the_name_and_archives_nothing() -> None:
    document = _make(recipient=["Mme Sarr", "4 quai Zanzibarre", "44000 Nantes"], home="4 quai Zanzibarre")
    given = render(document)
    copy = without_address(document)
    assert (copy.data["recipient"], copy.data["home"]) == (["Mme Sarr", HAND_DELIVERED], "")
    assert "Zanzibarre" not in json.dumps(copy.data)
    assert render_copy(copy) != given
    assert (Document.objects.count(), render(document)) == (1, given)
