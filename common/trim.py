"""Cuts what the browser receives of Tabler down to what the product uses: `make trim`.

`common/vendor/` holds Tabler's style sheet and the icons whole; `common/static/vendor/` what is left of them. A rule
goes if it can't match: it needs a class, or a `data-` attribute, that no template and no code names. Then go the custom
properties and the animations that nobody reads. What remains keeps its order, so no page looks otherwise.

A class counts as used where its name stands as a word in a template, a script or a string of Python that is a list of
names or a piece of HTML: too many are kept rather than one too few. `COMPOSED` has those put together from parts.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHOLE = ROOT / "common" / "vendor"
TRIMMED = ROOT / "common" / "static" / "vendor"
OWN = ROOT / "common" / "static" / "common"
APPS = ("common", "config", "demo", "desk", "leases", "maintenance", "office", "rent_ledger", "social_link", "stock")
# Classes whose name a template or a code builds, by what builds them: the part that is written, and what may follow.
# `tests/consistency/test_trim.py` finds who builds one that is not here.
COMPOSED = {"icon-": ("sm", "lg")}  # common.templatetags.marks.icon

# A string of Python that may hold a class: names only, or markup. Sentences are neither.
_NAMES = re.compile(r"[a-z0-9_ -]+|.*[<>\"].*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_ATTRIBUTE = re.compile(r"\[(data-[\w-]+)")
_READ = re.compile(r"var\(\s*(--[\w-]+)")
_SYMBOL = re.compile(r'^  <symbol id="i-([a-z0-9-]+)".*\n', re.MULTILINE)
# What parts a style sheet; an escaped character or a string is read in one go, and parts nothing.
_SIGN = re.compile(r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()\[\]{};,]""", re.DOTALL)
_CLOSING = {"(": ")", "[": "]"}


# -- what the product names -----------------------------------------------------------------------------------------


def templates() -> list[Path]:
    """Every template of the product."""
    return sorted(path for app in APPS for path in (ROOT / app).glob("templates/**/*.html"))


def sources() -> list[Path]:
    """Templates, modules and scripts: whatever may name a class or an icon."""
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    return [*templates(), *sorted(modules), *sorted(OWN.glob("*.js"))]


def _strings(path: Path) -> Iterator[str]:
    text = path.read_text()
    if path.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAMES.fullmatch(node.value):
            yield node.value


def used_words() -> set[str]:
    """What may be the name of a class or of an attribute."""
    words = {word for path in sources() for text in _strings(path) for word in _WORD.findall(text)}
    return words | {first + last for first, lasts in COMPOSED.items() for last in lasts}


def used_names() -> set[str]:
    """What may be the name of an icon: a whole string."""
    found = re.compile(r"""["']([a-z0-9-]+)["']""")
    return {name for path in sources() for name in found.findall(path.read_text())}


# -- a style sheet --------------------------------------------------------------------------------------------------


@dataclass
class Block:
    """`head{…}`: a rule with its declarations, or (`@media`, `@keyframes`) what holds blocks."""

    head: str
    declarations: list[str] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    @property
    def holds_rules(self) -> bool:
        return self.head.startswith(("@media", "@supports", "@container", "@layer"))

    @property
    def is_rule(self) -> bool:
        return not self.head.startswith("@")

    def __str__(self) -> str:
        inner = "\n".join(map(str, self.blocks)) if self.blocks else ";".join(self.declarations)
        return f"{self.head}{{{inner}}}"


def _next(text: str, start: int, wanted: str) -> int:
    """Where the first character of `wanted` stands that is in no string, parenthesis or bracket; else the length."""
    waiting: list[str] = []
    for found in _SIGN.finditer(text, start):
        sign = found[0]
        if waiting and sign == waiting[-1]:
            waiting.pop()
        elif sign in _CLOSING:
            waiting.append(_CLOSING[sign])
        elif not waiting and sign in wanted:
            return found.start()
    return len(text)


def split(text: str, sign: str) -> list[str]:
    """`text` cut at each `sign` that stands in no string or parenthesis."""
    parts, start = [], 0
    while start < len(text):
        end = _next(text, start, sign)
        parts.append(text[start:end].strip())
        start = end + 1
    return [part for part in parts if part]


def read_css(text: str) -> list[Block]:
    """The blocks of a style sheet, without comments and statements (`@charset`: the answer says the charset)."""
    return list(_blocks(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)))


def _blocks(text: str) -> Iterator[Block]:
    at = 0
    while at < len(text):
        start = _next(text, at, "{;")
        head = text[at:start].strip()
        if start == len(text) or text[start] == ";":
            at = start + 1
            continue
        depth, end = 1, start
        while depth:
            end = _next(text, end + 1, "{}")
            depth += 1 if text[end] == "{" else -1
        block, body = Block(head), text[start + 1 : end]
        if block.holds_rules or "keyframes" in head:
            block.blocks = list(_blocks(body))
        else:
            block.declarations = split(body, ";")
        yield block
        at = end + 1


def _without(selector: str, name: str) -> str:
    """The selector without what the pseudo-class `name` has in parentheses."""
    while (start := selector.find(f":{name}(")) >= 0:
        selector = selector[:start] + selector[_next(selector, start + len(name) + 2, ")") + 1 :]
    return selector


def _may_match(selector: str, words: set[str]) -> bool:
    for name in ("not", "is", "where", "has"):  # their alternatives may be wanted one by one: the rule stays
        selector = _without(selector, name)
    needed = [*_ATTRIBUTE.findall(selector), *_CLASS.findall(re.sub(r'"[^"]*"', "", selector))]
    return words.issuperset(needed)


def _rules(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.holds_rules:
            yield from _rules(block.blocks)
        else:
            yield block


def _keep_rules(blocks: list[Block], words: set[str]) -> list[Block]:
    kept = []
    for block in blocks:
        if block.holds_rules:
            block.blocks = _keep_rules(block.blocks, words)
            if not block.blocks:
                continue
        elif block.is_rule:
            selectors = split(block.head, ",")
            alive = [selector for selector in selectors if _may_match(selector, words)]
            if not alive:
                continue
            # A browser that doesn't know one selector of a list refuses the list: such a list stays whole.
            if not any("::-" in selector or ":-" in selector for selector in selectors):
                block.head = ",".join(alive)
        kept.append(block)
    return kept


def _live_properties(blocks: list[Block], ours: str) -> set[str]:
    """The custom properties that something reads, be it for another one that is read."""
    live, read_by = set(_READ.findall(ours)), dict[str, set[str]]()
    for block in _all(blocks):
        for declaration in block.declarations:
            name, _, value = declaration.partition(":")
            if name.startswith("--"):
                read_by.setdefault(name, set()).update(_READ.findall(value))
            else:
                live.update(_READ.findall(value))
    waiting = list(live)
    while waiting:
        new = read_by.get(waiting.pop(), set()) - live
        live |= new
        waiting += new
    return live


def _all(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _all(block.blocks)


def _keep_properties(blocks: list[Block], live: set[str]) -> list[Block]:
    for block in _all(blocks):
        block.declarations = [
            one for one in block.declarations if not one.startswith("--") or one.partition(":")[0] in live
        ]
    return _not_empty(blocks)


def _not_empty(blocks: list[Block]) -> list[Block]:
    for block in blocks:
        block.blocks = _not_empty(block.blocks)
    return [block for block in blocks if block.blocks or block.declarations]


def _keep_named(blocks: list[Block], live: set[str], ours: str) -> list[Block]:
    """Without the animations and the registered properties that nobody names."""
    told = " ".join(one for block in _all(blocks) if block.is_rule for one in block.declarations)
    words = set(_WORD.findall(told)) | set(_WORD.findall(ours))
    kept = []
    for block in blocks:
        name = block.head.rpartition(" ")[2]
        if "keyframes" in block.head.partition(" ")[0] and name not in words:
            continue
        if block.head.startswith("@property") and name not in live:
            continue
        if block.holds_rules:
            block.blocks = _keep_named(block.blocks, live, ours)
        kept.append(block)
    return _not_empty(kept)


def classes_of(css: str) -> set[str]:
    """Every class that a rule of a style sheet asks for."""
    heads = (block.head for block in _rules(read_css(css)) if block.is_rule)
    return {name for head in heads for name in _CLASS.findall(re.sub(r'"[^"]*"', "", head))}


# -- the files ------------------------------------------------------------------------------------------------------


def trimmed_css(css: str, words: set[str], ours: str) -> str:
    """What is left of `css` for a product that names `words` and whose own style sheets are `ours`."""
    blocks = _keep_rules(read_css(css), words)
    live = _live_properties(blocks, ours)
    # The animation of a rule may be in a property: first the properties, then what they name.
    blocks = _keep_named(_keep_properties(blocks, live), live, ours)
    licence = "".join(re.findall(r"/\*!.*?\*/", css, flags=re.DOTALL)[:1])
    return "\n".join([licence, "/* Trimmed: see common/trim.py. */", *map(str, blocks), ""])


def trimmed_icons(sprite: str, names: set[str]) -> str:
    """The symbols of `sprite` that `names` has."""
    return _SYMBOL.sub(lambda found: found[0] if found[1] in names else "", sprite)


def trimmed() -> dict[Path, str]:
    """The files that the browser receives, and what they must hold."""
    ours = "".join(path.read_text() for path in [*sorted(OWN.glob("*.css")), *sorted(OWN.glob("*.js"))])
    css, icons = (WHOLE / "tabler.min.css").read_text(), (WHOLE / "icons.svg").read_text()
    return {
        TRIMMED / "tabler.css": trimmed_css(css, used_words(), ours),
        TRIMMED / "icons.svg": trimmed_icons(icons, used_names()),
    }


def main() -> None:
    for path, content in trimmed().items():
        if not path.exists() or path.read_text() != content:
            path.write_text(content)
            sys.stdout.write(f"{path.relative_to(ROOT)} : {len(content.encode())} octets\n")


if __name__ == "__main__":
    main()
