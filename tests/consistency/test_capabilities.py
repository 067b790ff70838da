"""What may be done is asked of the matrix (`office.access.matrix`); nothing else decides by the name of a role."""

import ast
from collections.abc import Iterator
from pathlib import Path

from office.access.matrix import COLUMNS, Access, Data

ROOT = Path(__file__).resolve().parents[2]
APPS = ("office", "stock", "leases", "maintenance", "rent_ledger", "social_link", "desk", "config", "demo")

# Where a role is named, and why.
NAMED: dict[str, str] = {
    "office/access/matrix.py": "the columns of the matrix",
    "office/staff/models.py": "a funder's role is held on behalf of an organisation: a constraint of the row",
    "office/staff/services.py": "the first person of an installation is its administrator",
    "demo/people.py": "who is who in the demo",
    "demo/setting.py": "who is who in the demo",
}
# Where somebody's roles are looked at, and why.
ASKED: dict[str, str] = {
    "office/access/second_factor.py": "the setting MFA_REQUIRED_ROLES names roles",
}


def _trees(*words: str) -> Iterator[tuple[str, ast.Module]]:
    """The modules in which one of the words stands."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name, text = path.relative_to(ROOT).as_posix(), path.read_text()
            if "/migrations/" not in name and any(word in text for word in words):
                yield name, ast.parse(text)


def test_a_role_is_named_in_the_matrix_and_nowhere_else() -> None:
    found = {
        name
        for name, tree in _trees("Role")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Role"
        and node.attr.isupper()
    }
    assert found == set(NAMED)


def test_nothing_else_looks_at_somebodys_roles() -> None:
    found = {
        name
        for name, tree in _trees("has_role")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "has_role"
    }
    assert found == set(ASKED)


# -- each cell is asked ----------------------------------------------------------------------------------------------


def _members(node: ast.AST, owner: str) -> set[str]:
    """The members of `owner` that code under `node` names."""
    return {
        n.attr
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == owner
    }


def _levels(node: ast.AST) -> set[str]:
    """Levels named under `node`, as `OWN` or `Access.OWN`."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return (names & set(Access.__members__)) | _members(node, "Access")


def _calls(tree: ast.AST, *names: str) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node.func.id, node


def asked() -> set[tuple[str, str, str]]:
    """(side, data, level) that code asks: by `Read` and `Write`, or among the levels that `access_of` gave."""
    found = set()
    for name, tree in _trees("Read", "Write", "access_of"):
        if name == "office/access/matrix.py":
            continue
        for side, call in _calls(tree, "Read", "Write"):
            found |= {(side, data, level) for data in _members(call, "Data") for level in {"FULL", *_levels(call)}}
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for _, call in _calls(function, "access_of"):
                found |= {("Read", data, level) for data in _members(call, "Data") for level in _levels(function)}
    return found


def test_each_cell_of_the_matrix_is_asked_somewhere() -> None:
    """A cell that nothing asks decides nothing: ask it where the page decides by another way, or take it out."""
    given = {
        (side, data.name, level.name)
        for column in COLUMNS.values()
        for side, cells in (("Read", column.read), ("Write", column.write))
        for data, level in cells.items()
    }
    assert given - asked() == set()


def test_each_row_and_each_level_is_in_a_column() -> None:
    cells = [cell for column in COLUMNS.values() for side in (column.read, column.write) for cell in side.items()]
    assert {data for data, _ in cells} == set(Data)
    assert {level for _, level in cells} == set(Access) - {Access.NONE}


# -- matrix 6.6 ------------------------------------------------------------------------------------------------------

ROWS: dict[str, tuple[Data, ...]] = {
    "identity, phone, address": (Data.IDENTITY,),
    "protected address": (Data.PROTECTED_ADDRESS,),
    "balance and ledger": (Data.LEDGER,),
    "cause code of arrears": (Data.ARREARS_CAUSE,),
    "shared note": (Data.SHARED_NOTE,),
    "note of the social team": (Data.TEAM_NOTE,),
    "private / sealed note": (Data.PRIVATE_NOTE,),
    "ticket, photos of dwelling": (Data.TICKET,),
    "safety notice": (Data.SAFETY_NOTICE,),
    "codes, keys, how one gets in": (Data.ACCESS_NOTES,),
    "alert and its answer": (Data.ALERT,),
    "commissions: what is asked and decided": (Data.COMMISSION,),
    "referral (saisine)": (Data.REFERRAL,),
    "household timeline": (Data.TIMELINE,),
    "documents of account, exports, bank labels": (Data.ACCOUNT_PAPERS,),
    "rights of the household": (Data.RIGHT,),
    "budget of the household": (Data.BUDGET,),
    "messages to households": (Data.MESSAGE,),
    "texts of messages": (Data.MESSAGE_TEXT,),
    "tasks": (Data.TASK,),
    "staff accounts, parameters, jobs, access log": (Data.STAFF, Data.PARAMETER, Data.JOB, Data.ACCESS_LOG),
    # Not kept: nothing in the database tells of difficulties (S0-06), nor of a crisis (S4-11).
    "reason of support, difficulties (S0-06)": (),
    "crisis, staff part": (),
}
WORDS: dict[str, Access] = {
    "yes": Access.FULL,
    "full": Access.FULL,
    "all": Access.FULL,
    "read": Access.FULL,
    "no": Access.NONE,
    "totals": Access.TOTALS,
    "own": Access.OWN,
    "own cases": Access.OWN,
    "nobody's yet, own cases": Access.OWN,
    "own jobs": Access.OWN,
    "name, phone, address of own jobs": Access.OWN,
    "own job only, that day": Access.OWN,
    "own cases, no bank labels": Access.OWN,
    "author / named persons": Access.OWN,
    "masked": Access.MASKED,
    "masked unless in charge": Access.IN_CHARGE,
    "with reason, logged": Access.WITH_REASON,
    "short form": Access.SHORT,
    "facts, cause code, hold, plan, next step": Access.FACTS,
    'rent and technical events; social events as "réservé"': Access.EVENTS,
}
FUNDER, ADMINISTRATOR, TECHNICIAN, DIRECTOR = "CCAS / funder", "administrator", "technician", "director"
# Where the code gives another level than the words do, and why.
OTHERWISE: dict[tuple[Data, str], Access] = {
    # « access log of own team »
    (Data.ACCESS_LOG, "head of social"): Access.TEAM,
    (Data.STAFF, "head of social"): Access.NONE,
    (Data.PARAMETER, "head of social"): Access.NONE,
    # Whoever starts a job reads how it goes.
    **{(Data.JOB, role): Access.OWN for role in ("rental manager", TECHNICIAN, "CESF", "head of social")},
}
HEADS = dict(
    zip(("rental manager", TECHNICIAN, "CESF", "head of social", DIRECTOR, FUNDER, ADMINISTRATOR), COLUMNS, strict=True)
)


def table_of_the_docs() -> dict[str, dict[str, str]]:
    """{data: {role: words}}"""
    text = (ROOT / "docs/features.md").read_text(encoding="utf-8").partition("## Who sees what")[2]
    lines = [line.strip("| ").split(" | ") for line in text.partition("\n## ")[0].splitlines() if line[:1] == "|"]
    (_, *roles), _, *rows = lines
    return {row[0]: dict(zip(roles, row[1:], strict=True)) for row in rows}


def test_the_table_of_the_docs_is_the_matrix() -> None:
    table = table_of_the_docs()
    assert set(table) == set(ROWS)
    for row, cells in table.items():
        assert list(cells) == list(HEADS), row
        for role, words in cells.items():
            for data in ROWS[row]:
                level = COLUMNS[HEADS[role]].read.get(data, Access.NONE)
                wanted = OTHERWISE[data, role] if (data, role) in OTHERWISE else WORDS[words]
                assert level == wanted, f"{data}, {role}: {words}"
