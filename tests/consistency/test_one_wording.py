"""What users read is said one way on every page."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from common.codes import Code
from common.params import declared

ROOT = Path(__file__).resolve().parents[2]
# A day that is really left out: a change from that day on is allowed, one before it is not.
EXCLUDED = {"leases/contracts/services/terms.py": 1}
# « avant le », then a day: a figure, a tag, or the end of a label or of an element that a day follows.
BEFORE_A_DAY = re.compile(r"[Aa]vant le(?=[ \u00a0]?(?:\{|\d|</|[\"']))")


def test_the_last_day_of_a_delay_is_never_said_to_be_too_late() -> None:
    """« avant le 16 » leaves the 16th out, and each of our delays takes it in: « au plus tard le 16 »."""
    found = {
        str(path.relative_to(ROOT)): len(BEFORE_A_DAY.findall(path.read_text(encoding="utf-8")))
        for app in ("common", "desk", "leases", "maintenance", "office", "rent_ledger", "social_link", "stock")
        for path in (ROOT / app).rglob("*.*")
        if path.suffix in {".py", ".html", ".js", ".typ", ".txt"} and "migrations" not in path.parts
    }
    assert {name: count for name, count in found.items() if count} == EXCLUDED


def test_a_label_inside_a_sentence_keeps_its_acronyms() -> None:
    """« déclarer à la caf »: `uncapitalised` lowers the first letter alone. The filter is in `test_templates`."""
    lowered = re.compile(r"(?:_display\(\)|\.label)\.lower\(\)")
    found = {
        str(path.relative_to(ROOT))
        for app in ("common", "desk", "leases", "maintenance", "office", "rent_ledger", "social_link", "stock")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and lowered.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_a_service_says_a_month_in_words() -> None:
    """« Le mois 11/2026 est clôturé »: `typography.month` writes « novembre 2026 ». A file that one types into is read
    elsewhere (`common.forms`); the label of an entry is no sentence."""
    figures = re.compile(r":%m/%Y\}|month:02d\}/")
    modules = sorted(ROOT.glob("[!t.]*/**/services/**/*.py")) + sorted(ROOT.glob("[!t.]*/**/services.py"))
    found = {str(path.relative_to(ROOT)) for path in modules if figures.search(path.read_text(encoding="utf-8"))}
    assert found == {"rent_ledger/billing/services/demands.py"}


def test_a_rule_is_named_by_its_words() -> None:
    """« R2 » is a number of our own documents: nobody who reads a page knows it."""
    modules = sorted(path.relative_to(ROOT) for path in ROOT.glob("[!t.]*/**/codes.py"))
    assert Path("rent_ledger/matching/codes.py") in modules
    for path in modules:
        import_module(".".join(path.with_suffix("").parts))
    said = {f"{code.__module__}.{code.__name__}.{member.name}": member.label for code in _codes() for member in code}
    for declaration in declared().values():
        said |= {f"{declaration.key}, {name}": getattr(declaration, name) for name in ("label", "source")}
    # « R. 824-4 » is an article of a code; « R1 » to « R12 » are the starter rules.
    assert {where: text for where, text in said.items() if re.search(r"\bR\d{1,2}\b(?!\d*-)", text)} == {}


def _codes(of: type[Code] = Code) -> Iterator[type[Code]]:
    for code in of.__subclasses__():
        yield code
        yield from _codes(code)
