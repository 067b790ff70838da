"""What is said once in SQL is said nowhere else."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_which_holds_of_debts_run_is_said_by_the_selector_of_holds() -> None:
    home = "rent_ledger/books/queries/holds.py"
    named = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("rent_ledger_debthold")
        for app in ("rent_ledger", "social_link", "desk", "config")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    }
    assert named.pop(home) > 0
    assert {name: count for name, count in named.items() if count} == {}
