"""What is left of Tabler and its icons: all that the product uses, nothing that no page asks for, nothing changed."""

import re
from collections.abc import Iterator
from pathlib import Path

from common import trim

FULL = (trim.WHOLE / "tabler.min.css").read_text()
LEFT = (trim.TRIMMED / "tabler.css").read_text()
# Names that a module puts together and that are no class.
NO_CLASS = {"w-"}  # demo.helper: the name of a worker

_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


def test_the_files_are_what_the_script_makes_of_the_whole_ones() -> None:
    for path, content in trim.trimmed().items():
        assert path.read_text() == content, f"{path.name}: run `make trim`"


def test_a_class_that_a_template_writes_has_its_rules() -> None:
    """Read otherwise than by the script: the attributes, without the tags of Django."""
    written = {
        name
        for path in trim.templates()
        for value in re.findall(r'\bclass="([^"]*)"', _TAG.sub(" ", path.read_text()))
        for name in value.split()
    }
    known = trim.classes_of(FULL) & written
    assert {"btn", "card", "form-control", "table"} <= known
    assert known <= trim.classes_of(LEFT)


def _composed(path: Path) -> Iterator[str]:
    """First parts of the names that a file puts together: of classes in a template, any elsewhere."""
    text = path.read_text()
    if path.suffix == ".html":
        text = " ".join(re.findall(r'\bclass="((?:{%.*?%}|{{.*?}}|[^"])*)"', text))
    yield from re.findall(r"""(?<![\w-])([a-z]+(?:-[a-z]+)*-)(?={{|{%|{[a-z_]|\${|["'] ?\+)""", text)


def test_a_class_made_from_parts_is_in_the_list() -> None:
    full = trim.classes_of(FULL)
    found = {first for path in trim.sources() for first in _composed(path)}
    found = {first for first in found if any(name.startswith(first) for name in full)} - NO_CLASS
    assert found - {"is-"} == set(trim.COMPOSED)  # "is-" and a hue: ours
    for first, lasts in trim.COMPOSED.items():
        assert {first + last for last in lasts} <= trim.classes_of(LEFT)


def test_what_is_left_is_what_there_was_in_the_same_order() -> None:
    def flat(blocks: list[trim.Block], around: str = "") -> Iterator[tuple[str, set[str], list[str]]]:
        for block in blocks:
            if block.blocks:
                yield from flat(block.blocks, f"{around} {block.head}")
            else:
                yield around, set(trim.split(block.head, ",")), block.declarations

    there = flat(trim.read_css(FULL))
    for around, selectors, declarations in flat(trim.read_css(LEFT)):
        for before in there:
            if before[0] == around and selectors <= before[1] and _in_order(declarations, before[2]):
                break
        else:
            raise AssertionError(f"not in the whole sheet, or not there: {around} {selectors} {declarations}")
        gone = set(before[2]) - set(declarations)
        assert all(declaration.startswith("--") for declaration in gone)


def _in_order(some: list[str], of: list[str]) -> bool:
    rest = iter(of)
    return all(one in rest for one in some)


def _trimmed(css: str, *words: str, ours: str = "") -> str:
    return "".join(map(str, trim.read_css(trim.trimmed_css(css, set(words), ours))))


def test_a_rule_goes_with_the_class_that_nobody_names() -> None:
    assert _trimmed(".a{color:red}.b{color:red}", "a") == ".a{color:red}"
    assert _trimmed(".a .b{color:red}.a.b,p,.a>p{color:red}", "a") == "p,.a>p{color:red}"
    assert _trimmed("p{color:red}@media print{.b{color:red}}", "a") == "p{color:red}"
    assert _trimmed("@media print{.b{color:red}.a{color:red}}", "a") == "@media print{.a{color:red}}"


def test_a_selector_that_may_match_without_the_class_stays() -> None:
    for selector in (
        ".a:not(.b)",
        ".a:not(.b:not(.c))",
        ":is(.a,.b) p",
        "p:has(.b)",
        '.a[href=".b"]',
        ".a:nth-child(2)",
    ):
        assert _trimmed(f"{selector}{{color:red}}", "a") == f"{selector}{{color:red}}"


def test_a_rule_goes_with_the_attribute_that_nobody_writes() -> None:
    css = "[data-bs-theme=dark] p{color:red}[data-bs-theme-base=zinc]{color:red}[dir=rtl] p{color:red}"
    assert _trimmed(css, "data-bs-theme") == "[data-bs-theme=dark] p{color:red}[dir=rtl] p{color:red}"


def test_a_list_that_some_browsers_refuse_stays_whole() -> None:
    assert _trimmed(".b::-moz-meter,.a{color:red}", "a") == ".b::-moz-meter,.a{color:red}"


def test_a_property_goes_that_nobody_reads() -> None:
    css = ":root{--a:1;--b:var(--c);--c:2;--d:3}p{width:var(--b)}"
    assert _trimmed(css) == ":root{--b:var(--c);--c:2}p{width:var(--b)}"
    assert _trimmed(css, ours="i{width:var(--d)}") == ":root{--b:var(--c);--c:2;--d:3}p{width:var(--b)}"
    assert _trimmed(":root{--a:1}p{color:red}") == "p{color:red}"


def test_an_animation_goes_that_nobody_plays() -> None:
    css = "p{animation:turn 1s}@keyframes turn{0%{opacity:0}to{opacity:1}}@keyframes jump{0%{opacity:0}}"
    assert _trimmed(css) == "p{animation:turn 1s}@keyframes turn{0%{opacity:0}\nto{opacity:1}}"
    assert "jump" in _trimmed(css, ours="i{animation:jump 1s}")
    assert "turn" in _trimmed("p{--move:turn 1s;animation:var(--move)}@keyframes turn{0%{opacity:0}}")


def test_signs_in_strings_and_parentheses_part_nothing() -> None:
    css = (
        'p{background:url(data:image/svg+xml;a{b},c);content:"};,"}@charset "UTF-8";i{content:"\\""}/* } */b{color:red}'
    )
    blocks = trim.read_css(css)
    assert [block.head for block in blocks] == ["p", "i", "b"]
    assert blocks[0].declarations == ["background:url(data:image/svg+xml;a{b},c)", 'content:"};,"']
    assert trim.split("a:is(b,c),d[e=','],f", ",") == ["a:is(b,c)", "d[e=',']", "f"]
