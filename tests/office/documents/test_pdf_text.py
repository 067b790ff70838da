"""The reader of PDFs that tests use: which signs stand for a letter depends on all the letters of the paper."""

import pytest
import typst

from tests.pdf import pdf_text

SAID = "En plus, 960,00 € de mois plus anciens restaient à payer au 5 novembre 2026."


@pytest.mark.parametrize(
    "before",
    ["", "IœSsWbV9J6Da)4xkv5ndK0meGR8Zzf—7Q3o", "LxDsC/qj’B°d3»1RMaré«", "1MULw«JodFX°GOè2R%zi»’50YmjTI48nvWhéet"],
)
def test_a_sentence_is_read_whole_after_any_letters(before: str) -> None:
    source = f'#text("{before}")\n\n{SAID.replace("En plus, 960,00 €", "*En plus, 960,00 €*")}'
    assert pdf_text(typst.compile(source.encode())).replace("\u00a0", " ").endswith(SAID)
