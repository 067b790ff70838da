"""Loi 89-462, art. 17-1: no revision of the rent of dwellings of class F or G (law.md A2)."""

from datetime import date

import pytest

from stock.dwellings.codes import EnergyClass
from stock.dwellings.rules.energy import EnergyParams, EnergyReason, frozen_rent

LAW = EnergyParams(
    frozen=frozenset({EnergyClass.F, EnergyClass.G}),
    since=date(2022, 8, 24),
    since_overseas=date(2024, 7, 1),
)
NANTES, SAINT_DENIS, SAINT_PIERRE = "44109", "97411", "97502"


@pytest.mark.parametrize(
    ("energy_class", "commune", "day", "since"),
    [
        ("F", NANTES, "2026-11-05", "2022-08-24"),
        ("G", NANTES, "2026-11-05", "2022-08-24"),
        ("E", NANTES, "2026-11-05", None),
        ("", NANTES, "2026-11-05", None),
        ("F", NANTES, "2022-08-24", "2022-08-24"),
        ("F", NANTES, "2022-08-23", None),
        ("G", SAINT_DENIS, "2024-07-01", "2024-07-01"),
        ("G", SAINT_DENIS, "2024-06-30", None),
        # Saint-Pierre-et-Miquelon is none of the overseas départements.
        ("G", SAINT_PIERRE, "2024-06-30", "2022-08-24"),
    ],
)
def test_the_rent_of_f_and_g_is_not_revised(energy_class: str, commune: str, day: str, since: str | None) -> None:
    found = frozen_rent(energy_class=energy_class, commune=commune, day=date.fromisoformat(day), params=LAW)
    assert (found and found.figures["since"]) == (date.fromisoformat(since) if since else None)


def test_the_reason_says_since_when() -> None:
    found = frozen_rent(energy_class="G", commune=NANTES, day=date(2026, 11, 5), params=LAW)
    assert found is not None
    assert found.code == EnergyReason.RENT_FROZEN
    assert found.text().replace("\u00a0", " ") == (
        "Classe G : loyer non révisable pour les baux signés ou reconduits depuis le 24 août 2022"
    )
