"""What a line of the statement says, by what moved: worked out from the rows by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common.typography import NBSP
from rent_ledger.books.queries.statement import StatementLine, _words

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
BARE: dict[str, Any] = {
    "kind": "", "for_month": None, "gross": Decimal(0), "less": Decimal(0), "aid": Decimal(0), "is_indemnity": False,
    "demand_number": None, "demand_month": None, "reversed_kind": None, "reversed_on": None, "method": None,
    "number": None, "months": None, "received": Decimal(0), "return_reason": "",
}  # fmt: skip
SENT = {"kind": "DEMAND", "for_month": OCT, "demand_number": 7, "demand_month": OCT}
LINES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("avis", SENT | {"gross": Decimal(480)}, "480", "Avis d’octobre 2026", "480,00 €, AVIS-2610-0007"),
    ("avis less the aid", SENT | {"gross": Decimal(480), "less": Decimal(-150)}, "330", "Avis d’octobre 2026",
     "480,00 € moins 150,00 € d’aide mise à part, AVIS-2610-0007"),
    ("indemnity, never sent", {"kind": "DEMAND", "for_month": NOV, "is_indemnity": True, "gross": Decimal(400)}, "400",
     "Indemnité d’occupation de novembre 2026", "400,00 €"),
    ("at the desk", {"kind": "PAYMENT", "method": "CASH", "number": 12, "months": [NOV, OCT]}, "0",
     "Espèces au guichet", "reçu n° 12, imputé sur octobre et novembre"),
    ("by transfer, on four terms", {"kind": "PLACED", "months": [date(2026, m, 1) for m in (7, 8, 9, 10)]}, "0",
     "Virement reçu", "imputé sur 4 termes"),
    ("by transfer, free", {"kind": "PAYMENT"}, "0", "Virement reçu", ""),
    ("returned", {"kind": "RETURN", "reversed_on": date(2026, 11, 5)}, "300", "Rejet du paiement du 5 nov.",
     "la banque l’a repris, la dette est rouverte à son échéance"),
    ("aid", {"kind": "BENEFIT", "for_month": OCT, "aid": Decimal(-150)}, "0", "Aide d’octobre 2026 reçue",
     "150,00 € versés au bailleur"),
    ("aid of no month", {"kind": "BENEFIT", "aid": Decimal(-150)}, "0", "Aide reçue", "150,00 € versés au bailleur"),
    ("aid withheld", {"kind": "BENEFIT", "for_month": OCT, "aid": Decimal(50)}, "0",
     "Aide d’octobre 2026 reprise par l’organisme", "50,00 € retenus au bailleur"),
    ("less aid", {"kind": "SETTLED", "for_month": OCT}, "20", "Aide d’octobre 2026 moindre que prévu",
     "20,00 € restent à la charge du ménage"),
    ("more aid", {"kind": "SETTLED", "for_month": OCT}, "-20", "Complément d’aide d’octobre 2026",
     "20,00 € au crédit du ménage"),
    ("avis cancelled", {"kind": "REVERSAL", "reversed_kind": "DEMAND", "for_month": OCT}, "-480",
     "Avis d’octobre 2026 annulé", "correction : 480,00 € ne sont plus demandés"),
    ("payment cancelled", {"kind": "REVERSAL", "reversed_kind": "PLACED", "received": Decimal(-300)}, "0",
     "Paiement annulé", "correction : 300,00 € de nouveau à payer"),
    ("aid cancelled", {"kind": "REVERSAL", "reversed_kind": "BENEFIT", "aid": Decimal(150)}, "0", "Écriture annulée",
     "correction, sans effet pour le ménage"),
    ("anything cancelled", {"kind": "REVERSAL", "reversed_kind": "ADJUST"}, "0", "Écriture annulée",
     "correction, sans effet pour le ménage"),
    ("balance taken over", {"kind": "OPENING"}, "90", "Reprise de solde", ""),
]  # fmt: skip


@pytest.mark.clock("2026-11-20")
@pytest.mark.parametrize(("row", "due", "title", "detail"), [x[1:] for x in LINES], ids=[x[0] for x in LINES])
def test_a_line_says_what_moved(row: dict[str, Any], due: str, title: str, detail: str) -> None:
    what, said = _words(BARE | row, Decimal(due))
    zero = Decimal(0)
    line = StatementLine(1000, 1, "PAYMENT", OCT, what, tuple(said), zero, zero, zero, zero)
    assert (line.title.replace(NBSP, " "), line.detail.replace(NBSP, " ")) == (title, detail)
