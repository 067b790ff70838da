"""Each rule has a test module of its own name."""

import pytest

from tests.mutants.targets import PARTS, ROOT, TESTS, own_test, rules


@pytest.mark.parametrize("rule", rules())
def test_a_rule_has_its_test_module(rule: str) -> None:
    path = ROOT / own_test(rule)
    assert path.exists(), f"{rule} has no {own_test(rule)}"
    assert "\ndef test_" in path.read_text() or "\n    def test_" in path.read_text()


def test_a_part_is_a_rule_of_which_the_whole_has_its_tests() -> None:
    assert set(PARTS) <= set(rules())
    assert not set(PARTS) & {whole for whole, _ in PARTS.values()}
    assert all(len(reason) > 20 for _, reason in PARTS.values())


def test_a_module_of_tests_bears_the_name_of_a_rule() -> None:
    """A rule that was renamed or dropped takes its tests with it."""
    named = {own_test(rule) for rule in rules()}
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/**/rules/**/test_*.py")}
    others = {test for tests in TESTS.values() for test in tests}
    assert sorted(found - named - others) == []
