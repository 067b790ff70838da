"""What is mutated, and by which tests it must be found."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A rule that is only a part of another one, with the reason why it has no test module of its own.
PARTS: dict[str, tuple[str, str]] = {
    "rent_ledger/matching/rules/match_facts.py": (
        "rent_ledger/matching/rules/matching.py",
        "the shapes that matching reads and answers: they decide nothing",
    ),
    "rent_ledger/matching/rules/match_index.py": (
        "rent_ledger/matching/rules/matching.py",
        "what matching looks up, by key: its answers are only seen in a verdict",
    ),
}
# Beside `tests/<app>/<subject>/rules/test_<name>.py` for a rule: what finds everything else of the list.
TESTS: dict[str, tuple[str, ...]] = {
    "office/access/matrix.py": (
        "tests/office/access/test_matrix.py",
        "tests/access/test_services.py",
        "tests/office/staff/services/test_witness.py",
    ),
    "office/access/permissions.py": ("tests/office/access/test_permissions.py", "tests/access/test_services.py"),
    "leases/households/perms.py": ("tests/leases/households/test_perms.py",),
    "maintenance/tickets/perms.py": ("tests/maintenance/tickets/test_perms.py",),
    "rent_ledger/arrears/perms.py": ("tests/rent_ledger/arrears/test_perms.py",),
    "social_link/contacts/perms.py": ("tests/social_link/contacts/test_perms.py",),
    "rent_ledger/books/services/posting.py": (
        "tests/rent_ledger/books/services/test_posting_at_once.py",
        "tests/rent_ledger/books/services/test_posting.py",
        "tests/rent_ledger/books/services/test_mirrors.py",
        "tests/rent_ledger/payments/services/test_payments.py",
        "tests/rent_ledger/books/services/test_projections.py",
        "tests/rent_ledger/billing/services/test_demands.py",
    ),
    "rent_ledger/books/services/settling_alone.py": (
        "tests/rent_ledger/billing/services/test_demands.py",
        "tests/rent_ledger/billing/services/test_runs.py",
        "tests/rent_ledger/billing/services/test_undo.py",
    ),
    "rent_ledger/books/services/settling.py": (
        "tests/rent_ledger/books/services/test_holds.py",
        "tests/rent_ledger/books/services/test_posting.py",
        "tests/rent_ledger/books/services/test_mirrors.py",
        "tests/rent_ledger/payments/services/test_payments.py",
        "tests/rent_ledger/billing/services/test_demands.py",
    ),
    "rent_ledger/books/services/projections.py": (
        "tests/rent_ledger/books/services/test_posting_at_once.py",
        "tests/rent_ledger/books/services/test_projections.py",
        "tests/rent_ledger/books/services/test_posting.py",
        "tests/rent_ledger/books/services/test_mirrors.py",
        "tests/rent_ledger/payments/services/test_payments.py",
        "tests/rent_ledger/billing/services/test_demands.py",
        "tests/rent_ledger/arrears/services/test_arrears.py",
        "tests/rent_ledger/arrears/services/test_decisions.py",
        "tests/rent_ledger/books/services/test_holds.py",
    ),
    "rent_ledger/arrears/rules/legal.py": ("tests/rent_ledger/arrears/rules/test_legal_standing.py",),
    "rent_ledger/arrears/rules/lane_trace.py": ("tests/rent_ledger/arrears/rules/test_lanes.py",),
    "rent_ledger/procedures/rules/steps.py": ("tests/rent_ledger/procedures/rules/test_standing.py",),
    "rent_ledger/policy/rules/replay.py": ("tests/rent_ledger/policy/rules/test_steps.py",),
    "social_link/measures/rules/measures.py": ("tests/social_link/measures/rules/test_kinds.py",),
    "rent_ledger/matching/rules/matching.py": (
        "tests/rent_ledger/matching/rules/test_matching_ibans.py",
        "tests/rent_ledger/matching/rules/test_matching_names.py",
        "tests/rent_ledger/matching/rules/test_matching_payers.py",
    ),
    "rent_ledger/arrears/services/detection.py": (
        "tests/rent_ledger/arrears/services/test_detection.py",
        "tests/rent_ledger/arrears/services/test_case_open.py",
        "tests/rent_ledger/arrears/services/test_arrears.py",
        "tests/rent_ledger/arrears/services/test_decisions.py",
        "tests/rent_ledger/arrears/jobs/test_detect_arrears.py",
    ),
}  # fmt: skip


def rules() -> list[str]:
    """Paths of all rule modules."""
    found = (path.relative_to(ROOT).as_posix() for path in ROOT.glob("[!t.]*/**/rules/**/*.py"))
    return sorted(path for path in found if not path.endswith("__init__.py") and not path.startswith("tests/"))


def own_test(rule: str) -> str:
    """Path of the test module that bears the name of a rule, or of the rule that it is a part of."""
    whole = PARTS[rule][0] if rule in PARTS else rule
    app, _, rest = whole.partition("/rules/")
    folder, _, name = rest.rpartition("/")
    return "/".join(part for part in ("tests", app, "rules", folder, f"test_{name}") if part)


def targets() -> dict[str, list[str]]:
    """Test files by mutated module, all relative to the project's root."""
    found = {rule: [own_test(rule), *TESTS.get(rule, ())] for rule in rules()}
    found |= {path: list(tests) for path, tests in TESTS.items() if path not in found}
    return found
