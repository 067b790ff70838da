"""What documents name in backticks exists: files, modules, functions, classes, CSS classes, `data-` attributes."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = [
    ROOT / "docs" / f"{name}.md"
    for name in ("api", "architecture", "contributing", "features", "glossary", "law", "performance", "running", "ui")
]
DOCS += [ROOT / "README.md"]
DOCS += sorted((ROOT / "docs" / "adr").glob("*.md"))
TREES = (
    "common",
    "office",
    "stock",
    "leases",
    "rent_ledger",
    "maintenance",
    "social_link",
    "desk",
    "config",
    "demo",
    "embedded_postgres",
    "tests",
)

FILE = re.compile(r"[\w.-]*(?:/[\w.-]+)*\.(?:py|html|css|js|md|svg|toml|typ)|(?:[\w.-]+/)+(?:[\w.-]+)?")
NAME = re.compile(r"[A-Za-z_]\w*")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
LOOK = re.compile(r"\.?(a-[a-z][\w-]*|data-[a-z][\w-]*)")
# Names of Python, Django, PostgreSQL and the libraries; columns of the indexes that were measured.
FOREIGN = {
    "StrEnum", "TextChoices", "DateRangeField", "ExclusionConstraint", "ModelForm", "RadioSelect", "CheckboxInput",
    "CheckboxSelectMultiple", "Textarea", "Decimal", "save", "transaction.atomic", "bulk_create", "auto_now",
    "acks_late", "Model.save", "typst.Compiler", "postmaster.pid", "messages.success", "debit_posting",
    "credit_posting", "open_item", "account_state", "pg_locks", "pg_stat_activity", "pg_current_snapshot",
}  # fmt: skip
# A pattern, a file that must not exist, a variable of templates, folders that a run makes or that each app has, ends of
# names of variables, a media type.
EXAMPLES = {
    "can_x", "utils.py", "codes.RENT.label", "05/11/2026", "var/", "var/cache", "var/media", "var/queue", "documents/",
    "/", "var/note_key", "var/outbox", "var/static", "module.fonction", "_PORT", "_USER", "_PASSWORD", "_TLS", "_KEY",
    "_SENDER", "multipart/form-data",
}  # fmt: skip


def _texts(path: Path) -> set[str]:
    """What stands in backticks outside code blocks, and the path that begins a line of one."""
    kept: set[str] = set()
    for number, part in enumerate(path.read_text().split("```")):
        if number % 2:
            kept |= {line.split()[0] for line in part.splitlines() if re.match(r"[\w.]+/\S*\w+\S*\s", line)}
        else:
            kept |= set(re.findall(r"`([^`\n]+)`", part))
    return kept


@cache
def _files() -> list[str]:
    """Paths from the root, each file and each folder (with `/` at its end)."""
    found = [
        path for tree in (*TREES, "docs", ".ci") for path in (ROOT / tree).rglob("*") if "__pycache__" not in path.parts
    ]
    found += [ROOT / tree for tree in (*TREES, "docs", ".ci")] + [path for path in ROOT.iterdir() if path.is_file()]
    return ["/" + path.relative_to(ROOT).as_posix() + "/" * path.is_dir() for path in found]


def _defined(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    names: dict[str, ast.stmt] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = node
        elif isinstance(node, ast.Assign):
            names |= {n.id: node for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = node
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: node for alias in node.names}
    return names


@cache
def _trees() -> dict[str, ast.Module]:
    """Dotted name of each module → its syntax tree. This module's own strings must not count as names of the code."""
    found = {}
    for path in (path for tree in TREES for path in (ROOT / tree).rglob("*.py") if path != Path(__file__)):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if "migrations" not in parts:
            found[name] = ast.parse(path.read_text())
    return found


@cache
def _modules() -> dict[str, dict[str, ast.stmt]]:
    """Dotted name of each module → what it defines."""
    return {name: _defined(tree.body) for name, tree in _trees().items()}


@cache
def _words() -> set[str]:
    """Every name that the code defines or takes, every string that is one, and the last part of each module's name."""
    words = {name.rpartition(".")[2] for name in _trees()}
    for tree in _trees().values():
        for node in ast.walk(tree):
            match node:
                case (
                    ast.FunctionDef(name=word)
                    | ast.ClassDef(name=word)
                    | ast.arg(arg=word)
                    | ast.keyword(arg=str(word))
                ):
                    words.add(word)
                case ast.Name(id=word, ctx=ast.Store()):
                    words.add(word)
                case ast.Constant(value=str(word)) if NAME.fullmatch(word):
                    words.add(word)
    for template in (path for tree in TREES for path in (ROOT / tree).rglob("templates/**/*.html")):
        words |= set(re.findall(r"{% block (\w+)", template.read_text()))
    return words


@cache
def _looks() -> str:
    paths = [p for tree in TREES[:-1] for p in (ROOT / tree).rglob("*") if p.suffix in {".css", ".js", ".html"}]
    return "\n".join(path.read_text() for path in paths if "vendor" not in path.parts)


def _is_dotted(text: str) -> bool:
    """`package.module.name`, `module.name`, `Class.attribute`, or `ticket.is_late` for an attribute of `Ticket`."""
    parts = text.split(".")
    for cut in range(len(parts), 0, -1):
        head, rest = ".".join(parts[:cut]), parts[cut:]
        for module, names in _modules().items():
            if not f".{module}".endswith(f".{head}"):
                continue
            if not rest or (rest[0] in names and _has(names[rest[0]], rest[1:])):
                return True
    owners = (parts[0], parts[0].title())
    return any(o in names and _has(names[o], parts[1:]) for names in _modules().values() for o in owners)


def _has(node: ast.stmt, rest: list[str]) -> bool:
    if not rest:
        return True
    return isinstance(node, ast.ClassDef) and rest[0] in _defined(node.body)


def missing(text: str) -> bool:
    """Whether `text` is a name of ours that the repository doesn't have. What is no name is not looked at."""
    bare = re.sub(r"\(.*\)$", "", text.removeprefix("@"))
    if {text, bare} & (FOREIGN | EXAMPLES):
        return False
    if FILE.fullmatch(text):
        return not any(path.endswith(f"/{text.strip('/')}" + "/" * text.endswith("/")) for path in _files())
    if look := LOOK.fullmatch(text):
        return look[1] not in _looks()
    if DOTTED.fullmatch(bare):
        return not _is_dotted(bare)
    if NAME.fullmatch(bare) and ("_" in bare or bare != text or re.search(r"[a-z][A-Z]", bare)):
        return bare not in _words()
    return False


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_exists(path):
    assert sorted(text for text in _texts(path) if missing(text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("common.copy.bigints", False),
        ("common.copy.no_such_function", True),
        ("posting.post", False),
        ("posting.no_such_function", True),
        ("RentTerm.recorded_at", False),
        ("RentTerm.no_such_field", True),
        ("refresh_ahead", False),
        ("no_such_" + "function", True),
        ("office/access/matrix.py", False),
        ("office/no_such_file.py", True),
        ("tests/mutants/", False),
        (".a-stack", False),
        (".a-no-such-class", True),
        ("a sentence", False),
    ],
)
def test_a_name_that_is_gone_is_found(text, expected):
    assert missing(text) is expected


def test_architecture_names_the_subjects_of_each_app():
    table = (ROOT / "docs/architecture.md").read_text().partition("### The subjects")[2].partition("\n### ")[0]
    named: dict[str, set[str]] = {}
    app = ""
    for found_app, subject in re.findall(r"^\| (?:`(\w+)`)? ?\| `(\w+)` \|", table, re.MULTILINE):
        app = found_app or app
        named.setdefault(app, set()).add(subject)
    folders = {app: {path.parent.name for path in (ROOT / app).glob("*/__init__.py")} for app in named}
    assert named == {app: names - {"migrations", "management"} for app, names in folders.items()}
    assert set(named) == {"office", "stock", "leases", "rent_ledger", "maintenance", "social_link"}
