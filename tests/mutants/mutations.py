"""Small deliberate faults of a module's text: what `make mutants` tries, one at a time.

A mutation that another one implies is left out: where `a and b` → `a` and `a and b` → `b` are both found by a test, so
is `a or b`. Nothing is changed in docstrings, annotations, decorators, messages (f-strings, what is raised) or asserts.
"""

import ast
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

_SQL = re.compile(r"\b(SELECT|UPDATE|INSERT INTO|DELETE FROM|WHERE|LEFT JOIN|CROSS JOIN)\b")
# A condition without parentheses but empty or one-word ones, to its end. The AND of a BETWEEN is taken with it.
_CONDITION = r"""(?:[^()\n]|\(\w*\))+?(?=\s+(?:AND|OR|ORDER|GROUP|HAVING|LIMIT|WINDOW)\b|\s*\n|\s*\)|"|$)"""

_COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
}
_OPERATIONS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: (r"/", "*"),
    ast.FloorDiv: (r"//", "*"),
    ast.Mod: (r"%", "*"),
    ast.BitOr: (r"\|", "&"),
    ast.BitAnd: (r"&", "|"),
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}

# What is changed in the text of a statement of SQL: a pattern and what it becomes.
_SQL_CHANGES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), becomes)
    for pattern, becomes in (
        (r"(?<=[\w)\s])<=(?=[\s(])", "<"),
        (r"(?<=[\w)\s])>=(?=[\s(])", ">"),
        (r"(?<=\s)<(?=\s)", "<="),
        (r"(?<=\s)>(?=\s)", ">="),
        (r"(?<=\s)<>(?=\s)", "="),
        (r"(?<=\s)\+(?=\s)", "-"),
        (r"(?<=\s)-(?=\s)", "+"),
        (r"\s+FOR (NO KEY )?UPDATE( OF \w+)?( SKIP LOCKED| NOWAIT)?", " "),
        (r"\bLEFT JOIN\b", "JOIN"),
        (r"\bIS NOT NULL\b", "IS NULL"),
        (r"\bIS NULL\b", "IS NOT NULL"),
        (r"\bIS DISTINCT FROM\b", "="),
        (r"\bNOT EXISTS\b", "EXISTS"),
        (r"\bNOT IN\b", "IN"),
        (r"\bmin\(", "max("),
        (r"\bmax\(", "min("),
        (r"\bleast\(", "greatest("),
        (r"\bgreatest\(", "least("),
        (r"\bDESC\b", "ASC"),
        (r"\bSELECT DISTINCT\b(?! ON)", "SELECT"),
        (r"\bUNION ALL\b", "UNION"),
        (r"\bcoalesce\(([\w.]+), 0\)", r"\1"),
        # One simple condition less.
        (rf"\bAND {_CONDITION}", "AND true"),
        (rf"\bWHERE {_CONDITION}", "WHERE true"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutation:
    """One fault. `start`, `end`: the bytes replaced by `text`; `lines`: where it is executed, inclusive."""

    function: str
    """Qualified name of the function or class; of a table of the module, the name that is assigned."""
    what: str
    """`before → after`, on one line; unique in its function."""
    start: int
    end: int
    text: str
    lines: tuple[int, int]
    on_import: bool
    """Executed when the module is imported: any test may meet it."""

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


class _Finder:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self.starts = [0]
        for line in source.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.found: list[Mutation] = []
        self.seen: dict[tuple[str, str], int] = {}

    # -- places ---------------------------------------------------------------------------------------------------

    def span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.starts[node.lineno - 1] + node.col_offset,  # type: ignore[attr-defined]
            self.starts[node.end_lineno - 1] + node.end_col_offset,  # type: ignore[attr-defined]
        )

    def text(self, start: int, end: int) -> str:
        return self.source[start:end].decode()

    def add(self, context: ast.AST, start: int, end: int, text: str) -> None:
        """`context`: what is shown of the mutation."""
        first, last = self.span(context)
        before = self.text(first, last)
        after = self.text(first, start) + text + self.text(end, last)
        before, after = (" ".join(part.split()) for part in (before, after))
        if before == after:
            return
        # Of long texts, what differs with some words around it.
        if len(before) > 90:
            same = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
            begin = max(0, same - 40)
            before, after = before[begin : same + 50], after[begin : same + 50]
        what = f"{before} → {after}"
        times = self.seen[self.function, what] = self.seen.get((self.function, what), 0) + 1
        self.found.append(
            Mutation(
                self.function, what if times == 1 else f"{what} (n° {times})", start, end, text, self.lines,
                self.on_import,
            )
        )  # fmt: skip

    # -- walk -----------------------------------------------------------------------------------------------------

    def run(self) -> list[Mutation]:
        tree = ast.parse(self.source)
        self.function, self.lines, self.on_import = "<module>", (1, 1), True
        self.names: list[str] = []
        self.body(tree.body)
        return self.found

    def body(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.definition(node)
            return
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert | ast.Global | ast.Nonlocal | ast.Pass):
            return
        # A docstring, or the words under a field.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        # A version is a name, whatever its figure.
        if _assigned(node) in {"VERSION", "RULE_VERSION"}:
            return
        outer, function = self.lines, self.function
        if function == "<module>":
            self.function = _assigned(node) or function
        header_end = node.body[0].lineno - 1 if getattr(node, "body", None) else node.end_lineno
        self.lines = (node.lineno, max(node.lineno, header_end or node.lineno))
        if isinstance(node, ast.If):
            if ast.unparse(node.test) == "TYPE_CHECKING":
                return
            self.condition(node, node.test, both=bool(node.orelse))
        elif isinstance(node, ast.Raise):
            self.add(node, *self.span(node), "pass")
            self.lines = outer
            return
        elif isinstance(node, ast.Return) and node.value is not None:
            if not (isinstance(node.value, ast.Constant) and node.value.value is None):
                self.add(node, *self.span(node.value), "None")
        elif isinstance(node, ast.Continue | ast.Break) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield)
        ):
            self.add(node, *self.span(node), "pass")
        elif isinstance(node, ast.AugAssign):
            self.augmented(node)
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "type_comment"}:
                continue
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.stmt):
                    self.statement(part)
                elif isinstance(part, ast.excepthandler):
                    self.body(part.body)
                elif isinstance(part, ast.withitem):
                    self.expression(part.context_expr, node)
                elif isinstance(part, ast.match_case):
                    self.body(part.body)
                elif isinstance(part, ast.expr):
                    self.expression(part, node)
        self.lines, self.function = outer, function

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        outer = self.function, self.lines, self.on_import
        self.names.append(node.name)
        self.function = ".".join(self.names)
        if not isinstance(node, ast.ClassDef):
            self.lines = (node.lineno, node.lineno)
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if default is not None:
                    self.expression(default, default)
            self.on_import = False
        self.body(node.body)
        self.names.pop()
        self.function, self.lines, self.on_import = outer

    # -- statements' own ------------------------------------------------------------------------------------------

    def condition(self, node: ast.AST, test: ast.expr, *, both: bool) -> None:
        """An `if` never taken; always taken, where an `else` shows it (a guard's own comparison is changed anyway)."""
        self.add(test, *self.span(test), "False")
        if both or not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            self.add(test, *self.span(test), "True")

    def augmented(self, node: ast.AugAssign) -> None:
        change = _OPERATIONS.get(type(node.op))
        if change:
            between = self.span(node.target)[1], self.span(node.value)[0]
            self.operator(node, between, change[0] + "=", change[1] + "=")

    def operator(self, context: ast.AST, between: tuple[int, int], pattern: str, text: str) -> None:
        found = re.search(pattern.encode(), self.source[between[0] : between[1]])
        if found:
            self.add(context, between[0] + found.start(), between[0] + found.end(), text)

    # -- expressions ----------------------------------------------------------------------------------------------

    def expression(self, node: ast.AST, parent: ast.AST) -> None:
        if isinstance(node, ast.JoinedStr):
            self.sql(node)
            return
        if isinstance(node, ast.Compare):
            self.comparison(node)
        elif isinstance(node, ast.BoolOp):
            neutral = "True" if isinstance(node.op, ast.And) else "False"
            for value in node.values:
                self.add(node, *self.span(value), neutral)
        elif isinstance(node, ast.BinOp):
            change = _OPERATIONS.get(type(node.op))
            if change and not isinstance(node.left, ast.JoinedStr):
                self.operator(node, (self.span(node.left)[1], self.span(node.right)[0]), *change)
        elif isinstance(node, ast.UnaryOp):
            if isinstance(node.op, ast.Not | ast.USub) and not isinstance(node.operand, ast.Constant):
                start = self.span(node)[0]
                self.add(node, start, start + (3 if isinstance(node.op, ast.Not) else 1), "")
        elif isinstance(node, ast.IfExp):
            self.condition(node, node.test, both=True)
        elif isinstance(node, ast.Constant):
            self.constant(node, parent)
            return
        elif isinstance(node, ast.Lambda):
            self.lambda_(node)
            return
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, ast.comprehension):
            for test in node.ifs:
                self.add(test, *self.span(test), "True")
        elif isinstance(node, ast.Set):
            self.members(node, node.elts)
        for name, value in ast.iter_fields(node):
            if name in {"ctx", "op", "ops", "returns", "annotation"}:
                continue
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.keyword):
                    if part.arg != "strict":
                        self.expression(part.value, node if not isinstance(part.value, ast.Constant) else part)
                elif isinstance(part, ast.AST):
                    self.expression(part, node)

    def comparison(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for (left, right), op in zip(pairwise(operands), node.ops, strict=True):
            self.operator(node, (self.span(left)[1], self.span(right)[0]), *_COMPARISONS[type(op)])
            if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.List):
                self.members(node, right.elts)

    def members(self, context: ast.AST, elements: list[ast.expr]) -> None:
        """One member less: it is replaced by another one."""
        if len(elements) > 1 and not any(isinstance(element, ast.Starred) for element in elements):
            for index, element in enumerate(elements):
                other = elements[0] if index else elements[1]
                self.add(context, *self.span(element), self.text(*self.span(other)))

    def constant(self, node: ast.Constant, parent: ast.AST) -> None:
        context = parent if hasattr(parent, "lineno") else node
        if isinstance(node.value, bool):
            self.add(context, *self.span(node), str(not node.value))
        elif isinstance(node.value, int):
            for other in (node.value + 1, node.value - 1):
                self.add(context, *self.span(node), f"({other})" if other < 0 else str(other))
        elif isinstance(node.value, str):
            self.sql(node)

    def call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name):
            if node.func.id in _CALLS and len(node.args) > 0:
                self.add(node, *self.span(node.func), _CALLS[node.func.id])
            if node.func.id == "Decimal" and node.args and isinstance(node.args[0], ast.Constant):
                self.decimal(node.args[0])

    def decimal(self, node: ast.Constant) -> None:
        if not isinstance(node.value, str):
            return
        try:
            value = Decimal(node.value)
        except InvalidOperation:
            return
        unit = Decimal(1).scaleb(min(0, int(value.as_tuple().exponent)))
        for other in (value + unit, value - unit):
            self.add(node, *self.span(node), f'"{other}"')

    def lambda_(self, node: ast.Lambda) -> None:
        outer = self.lines, self.on_import
        self.lines, self.on_import = (node.lineno, node.end_lineno or node.lineno), False
        if isinstance(node.body, ast.Tuple) and len(node.body.elts) > 1:
            # A key to sort by, one part less.
            for element in node.body.elts:
                self.add(node, *self.span(element), "0")
        elif not isinstance(node.body, ast.Constant):
            self.add(node, *self.span(node.body), "None")
            if isinstance(node.body, ast.Attribute):
                self.add(node, *self.span(node.body), "True")
        self.expression(node.body, node)
        self.lines, self.on_import = outer

    # -- SQL ------------------------------------------------------------------------------------------------------

    def sql(self, node: ast.Constant | ast.JoinedStr) -> None:
        start, end = self.span(node)
        text = self.text(start, end)
        if not _SQL.search(text):
            return
        for pattern, becomes in _SQL_CHANGES:
            for found in pattern.finditer(text):
                first = start + len(text[: found.start()].encode())
                self.add(node, first, first + len(found[0].encode()), found.expand(becomes))


def _assigned(node: ast.stmt) -> str:
    """The name that a statement of a module gives a value to."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return next((target.id for target in targets if isinstance(target, ast.Name)), "")


def mutations_of(source: bytes) -> list[Mutation]:
    """Every mutation of a module's text, in its order."""
    found = _Finder(source).run()
    return sorted(found, key=lambda mutation: (mutation.start, mutation.end, mutation.text))
