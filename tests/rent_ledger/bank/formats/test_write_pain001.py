"""The file of transfers: valid against the schema of ISO 20022, its sums, its letters."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from common import clock
from rent_ledger.bank.formats.write_pain001 import NAMESPACE, Transfer, TransferOrder, sepa, write_pain001
from tests.rent_ledger.bank.formats.ibans import french_iban

XSD = Path(__file__).resolve().parents[3] / "data" / "bank" / "xsd" / "pain.001.001.09.xsd"
OURS, THEIRS = french_iban("30003", "01234", "0123456789A"), french_iban("20041", "01005", "00000123456")
ORDER = TransferOrder(
    "REMB-7", datetime(2026, 12, 1, 9, 30, 15, 4, clock.PARIS), date(2026, 12, 3), "Association « L’Œuvre & Cie »",
    OURS, "", (
        Transfer("REMB-7-1", "Mme Aïcha N’Diaye", THEIRS, Decimal("0.10"), "Remboursement B00012"),
        Transfer("REMB-7-2", "M. Šimon Weiß-Öz", THEIRS, Decimal("1234.20"), "Trop-perçu d’aide"),
    ),
)  # fmt: skip


def texts(order: TransferOrder, path: str) -> list[str]:
    root = etree.fromstring(write_pain001(order))
    return [str(found.text) for found in root.iterfind("/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/")))]


@pytest.mark.parametrize("order", [ORDER, replace(ORDER, bic="BNPAFRPPXXX"), replace(ORDER, id="é" * 60, name="ЖЖ")])
def test_it_is_valid(order: TransferOrder) -> None:
    schema = etree.XMLSchema(etree.parse(XSD))
    schema.assertValid(etree.fromstring(write_pain001(order)))


def test_sums_are_of_the_file_and_of_the_order() -> None:
    for part in ("GrpHdr", "PmtInf"):
        assert texts(ORDER, f"CstmrCdtTrfInitn/{part}/NbOfTxs") == ["2"]
        assert texts(ORDER, f"CstmrCdtTrfInitn/{part}/CtrlSum") == ["1234.30"]
    assert texts(ORDER, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt") == ["0.10", "1234.20"]
    assert texts(ORDER, "CstmrCdtTrfInitn/PmtInf/ReqdExctnDt/Dt") == ["2026-12-03"]
    assert texts(ORDER, "CstmrCdtTrfInitn/GrpHdr/CreDtTm") == ["2026-12-01T09:30:15"]
    assert texts(ORDER, "CstmrCdtTrfInitn/PmtInf/BtchBookg") == ["false"]
    assert texts(ORDER, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/CdtrAcct/Id/IBAN") == [THEIRS, THEIRS]
    assert texts(ORDER, "CstmrCdtTrfInitn/PmtInf/DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]
    assert b"PstlAdr" not in write_pain001(ORDER)


@pytest.mark.parametrize(("text", "most", "written"), [
    ("Mme Aïcha N’Diaye", 70, "Mme Aicha N'Diaye"), ("« L’Œuvre & Cie »", 70, "L'OEuvre Cie"), ("ЖЖ", 70, "-"),
    ("/a//b/", 70, "a/b"), ("abc def", 4, "abc"), ("", 70, "-"),
])  # fmt: skip
def test_only_letters_that_every_bank_takes(text: str, most: int, written: str) -> None:
    assert sepa(text, most) == written


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="above zero"):
        write_pain001(replace(ORDER, transfers=(replace(ORDER.transfers[0], amount=Decimal(amount)),)))
    with pytest.raises(ValueError, match="has a transfer"):
        write_pain001(replace(ORDER, transfers=()))
