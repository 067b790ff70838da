"""The OpenAPI document as pages of the house: all operations, then one with its fields, answers and a call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]

# The groups in the order of the work, by the tag of their routers.
TITLES = {
    "stock": "Logements et conventions",
    "leases": "Ménages et contrats",
    "rent_ledger": "Loyers, aides, banque, impayés",
    "maintenance": "Demandes techniques",
    "social_link": "Alertes, contacts, mesures",
    "messages": "Messages aux ménages",
    "office": "L’association",
}
_TYPES = {
    "string": "texte", "integer": "entier", "number": "nombre", "boolean": "vrai ou faux", "object": "objet",
    "null": "vide",
}  # fmt: skip
_FORMATS = {
    "date": "jour (AAAA-MM-JJ)", "date-time": "instant", "uuid": "UUID", "binary": "fichier", "decimal": "montant",
    "time": "heure (HH:MM)",
}  # fmt: skip
_PLACES = {"path": "adresse", "query": "recherche", "header": "en-tête"}
# Fields inside fields are written as `lease.holder.name`; deeper ones are in the document.
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body or an answer. `kind`: its type in French; `one_of`: the codes it may hold."""

    name: str
    kind: str
    is_required: bool
    text: str = ""
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`codes`: of a refusal, those of its envelope. `types`: of a file."""

    status: str
    fields: list[Field]
    codes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def is_refusal(self) -> bool:
        return self.status >= "400"


@dataclass(frozen=True, slots=True)
class Operation:
    """`key` is its operationId, `address` its path with the parameters in braces. `roles`: who may call it."""

    key: str
    method: str
    address: str
    title: str
    text: str
    scope: str
    roles: tuple[str, ...]
    parameters: list[Field]
    body: list[Field]
    answers: list[Answer]
    body_type: str = ""

    @property
    def call(self) -> str:
        """One call of it with `curl`."""
        lines = ['-H "Authorization: Bearer ancrage_…"']
        if self.method != "GET":
            lines = [f"-X {self.method}", *lines, '-H "Idempotency-Key: …"']
        if self.body_type == "application/json":
            lines += ['-H "Content-Type: application/json"', "-d '{…}'"]
        return " \\\n  ".join(["curl", *lines, f"https://ancrage.exemple.fr{self.address}"])


@dataclass(frozen=True, slots=True)
class Line:
    """An operation in the list of all."""

    key: str
    method: str
    address: str
    title: str


def listed(document: Node) -> list[tuple[str, list[Line]]]:
    """All operations by group, as (title, operations)."""
    groups: dict[str, list[Line]] = {tag: [] for tag in TITLES}
    for address, method, node in _operations(document):
        line = Line(node["operationId"], method, address, node["summary"])
        groups.setdefault(next(iter(node.get("tags", [])), ""), []).append(line)
    return [(TITLES.get(tag, "Autres"), lines) for tag, lines in groups.items() if lines]


def operation(document: Node, key: str) -> Operation | None:
    """One operation by its operationId; None where there is none."""
    for address, method, node in _operations(document):
        if node["operationId"] == key:
            return _whole(document, address, method, node)
    return None


def _operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    for address, methods in document["paths"].items():
        for method, node in methods.items():
            yield address, method.upper(), node


def _whole(document: Node, address: str, method: str, node: Node) -> Operation:
    content: dict[str, Node] = node.get("requestBody", {}).get("content", {})
    body_type = next(iter(content), "")
    body = content.get(body_type, {})
    return Operation(
        key=node["operationId"],
        method=method,
        address=address,
        title=node["summary"],
        text=node.get("description", ""),
        scope=node.get("x-scope", ""),
        roles=tuple(node.get("x-roles", ())),
        parameters=[_parameter(document, one) for one in node.get("parameters", [])],
        body=list(_fields(document, body.get("schema", {}))),
        answers=[_answer(document, str(status), one) for status, one in sorted(node["responses"].items(), key=str)],
        body_type=body_type,
    )


def _parameter(document: Node, node: Node) -> Field:
    place, schema = _PLACES.get(node["in"], node["in"]), node.get("schema", {})
    text = node.get("description") or schema.get("description", "")
    return Field(
        node["name"],
        f"{_kind(document, schema)}, {place}",
        bool(node.get("required")),
        text,
        _one_of(document, schema),
    )


def _answer(document: Node, status: str, node: Node) -> Answer:
    content = node.get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if status >= "400":
        error = _resolved(document, _resolved(document, schema).get("properties", {}).get("error", {}))
        return Answer(status, [], codes=_one_of(document, error.get("properties", {}).get("code", {})))
    files = tuple(kind for kind in content if kind != "application/json")
    return Answer(status, list(_fields(document, schema)), types=files)


def _resolved(document: Node, schema: Node) -> Node:
    """The schema behind a reference; of a choice with « nothing », the other one."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
            continue
        choices = [one for one in (*schema.get("anyOf", ()), *schema.get("allOf", ())) if one.get("type") != "null"]
        if len(choices) != 1:
            return schema
        schema = choices[0]


def _is_list(schema: Node) -> bool:
    return schema.get("type") == "array"


def _kind(document: Node, schema: Node) -> str:
    found = _resolved(document, schema)
    if _is_list(found):
        words = f"liste : {_kind(document, found.get('items', {}))}"
    else:
        words = _FORMATS.get(found.get("format", ""), _TYPES.get(found.get("type", ""), "au choix"))
    is_empty = any(one.get("type") == "null" for one in schema.get("anyOf", ()))
    return f"{words} ou vide" if is_empty else words


def _one_of(document: Node, schema: Node) -> tuple[str, ...]:
    found = _resolved(document, schema)
    if _is_list(found):
        found = _resolved(document, found.get("items", {}))
    codes = found.get("enum") or ([found["const"]] if "const" in found else [])
    return tuple(str(code) for code in codes)


def _fields(document: Node, schema: Node, before: str = "", depth: int = 0) -> Iterator[Field]:
    """The fields of a schema, each with those inside it."""
    found = _resolved(document, schema)
    if _is_list(found):
        yield from _fields(document, found.get("items", {}), before or "[].", depth)
        return
    required = found.get("required", ())
    for name, node in found.get("properties", {}).items():
        yield Field(
            f"{before}{name}",
            _kind(document, node),
            name in required,
            node.get("description", ""),
            _one_of(document, node),
        )
        if depth + 1 < DEEPEST:
            mark = "[]." if _is_list(_resolved(document, node)) else "."
            yield from _fields(document, node, f"{before}{name}{mark}", depth + 1)
