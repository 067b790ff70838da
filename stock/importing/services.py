"""Import of an RPLS file: preview, then all of it or none of it; a second time changes nothing."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from django.db import transaction

from common import typography
from common.copy import draw_ids
from common.db import french_refusals, lock_for_transaction, many_with_history
from common.errors import InvalidInput, UnreadableFile
from common.periods import contains, period
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from stock.agreements.codes import HeadAgreementKind
from stock.agreements.models import AgreementDwelling, HeadAgreement
from stock.dwellings.codes import ConstructionType, UnitKind
from stock.dwellings.models import Building, Dwelling, Unit
from stock.dwellings.services import reference_of
from stock.importing.models import StockImport
from stock.importing.rules.rpls import MAX_ERRORS, RplsRow, expand, read_rpls

Action = Literal["create", "update", "unchanged"]
# Fields of a dwelling that a file may set. A blank cell changes nothing.
_FACTS = (
    "rooms", "surface", "floor", "door", "stairwell", "built_year", "financing", "construction", "energy_class",
    "climate_class", "is_qpv",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What the import would do with one dwelling. `changes` are French phrases: `pièces : 3 → 4`."""

    line: int
    label: str
    action: Action
    reference: str = ""
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A line that stands for several dwellings with one total surface: skipped unless it is expanded."""

    line: int
    label: str
    count: int
    surface: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. Nothing can be imported while `errors` is not empty.

    `already`: an earlier import of the same file with the same options, if any; importing again returns it.
    """

    file_name: str
    sha256: str
    lines: tuple[PreviewLine, ...]
    groups: tuple[GroupLine, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    already: StockImport | None = None
    expanded: bool = False

    def _of(self, action: Action) -> list[PreviewLine]:
        return [line for line in self.lines if line.action == action]

    @property
    def created(self) -> list[PreviewLine]:
        return self._of("create")

    @property
    def updated(self) -> list[PreviewLine]:
        return self._of("update")

    @property
    def unchanged(self) -> list[PreviewLine]:
        return self._of("unchanged")

    @property
    def dwellings_in_groups(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def can_import(self) -> bool:
        return not self.errors and self.already is None


@dataclass(slots=True)
class _Plan:
    """A row of the file, the dwelling it matches (None if new), and the fields that it changes."""

    row: RplsRow
    dwelling: Dwelling | None
    changes: dict[str, Any] = field(default_factory=dict)
    moved: bool = False

    @property
    def action(self) -> Action:
        if self.dwelling is None:
            return "create"
        return "update" if self.changes or self.moved else "unchanged"


def preview_stock_import(
    *, data: bytes, file_name: str = "", expand_groups: bool = False, agreement: HeadAgreement | None = None
) -> Preview:
    """What importing `data` would do; writes nothing. Raises `UnreadableFile` if it is not an RPLS file."""
    digest = _digest(data, expand_groups, agreement)
    file = read_rpls(data)
    rows, groups = _dwellings(file.rows, expand_groups)
    errors = [*file.errors, *_repeated_ids(rows)]
    return Preview(
        file_name=file_name,
        sha256=digest,
        lines=tuple(_shown(plan) for plan in _plans(rows)),
        groups=tuple(groups),
        errors=tuple(errors),
        warnings=file.warnings,
        ignored_columns=file.ignored,
        already=StockImport.objects.filter(sha256=digest).first(),
        expanded=expand_groups,
    )


@needs(Write(Data.STOCK))
@transaction.atomic
def import_stock(
    *,
    actor: Actor,
    data: bytes,
    file_name: str,
    agreement: HeadAgreement | None = None,
    from_day: date | None = None,
    expand_groups: bool = False,
) -> StockImport:
    """Import the whole file, or raise `UnreadableFile` with its line errors and write nothing.

    The same file with the same options returns the first import. With `agreement`, the dwellings enter it on
    `from_day` (the agreement's start by default). Imports run one at a time (advisory lock).
    """
    lock_for_transaction("stock.import")
    digest = _digest(data, expand_groups, agreement)
    done = StockImport.objects.filter(sha256=digest).first()
    if done:
        return done
    file = read_rpls(data)
    rows, groups = _dwellings(file.rows, expand_groups)
    errors = [*file.errors, *_repeated_ids(rows)]
    if errors:
        raise UnreadableFile(
            f"{typography.counted(len(errors), 'ligne')} à corriger : le fichier n’a pas été importé.", errors=errors
        )
    plans = _plans(rows)
    many_with_history()
    with french_refusals():
        created = _create([plan for plan in plans if plan.dwelling is None])
        _update([plan for plan in plans if plan.action == "update"])
        if agreement:
            dwellings = [plan.dwelling for plan in plans if plan.dwelling] + created
            _enter(agreement, dwellings, from_day)
    counts = {action: sum(plan.action == action for plan in plans) for action in ("create", "update", "unchanged")}
    return StockImport.objects.create(
        file_name=file_name[:200],
        sha256=digest,
        agreement=agreement,
        created=counts["create"],
        updated=counts["update"],
        unchanged=counts["unchanged"],
        skipped=len(groups),
        report={
            "groups": [{"line": g.line, "label": g.label, "count": g.count} for g in groups],
            "ignored_columns": list(file.ignored),
            "warnings": list(file.warnings[:MAX_ERRORS]),
            "expanded": expand_groups,
        },
        author=actor.user,
    )


def _digest(data: bytes, expand_groups: bool, agreement: HeadAgreement | None) -> str:
    """Hash of the file and of the options: other options are another import."""
    digest = hashlib.sha256(data)
    if expand_groups:
        digest.update(b"\0expand")
    if agreement:
        digest.update(f"\0agreement {agreement.pk}".encode())
    return digest.hexdigest()


def _dwellings(rows: Iterable[RplsRow], expand_groups: bool) -> tuple[list[RplsRow], list[GroupLine]]:
    rows = list(rows)
    if expand_groups:
        return expand(rows), []
    groups = [
        GroupLine(
            row.line, row.label, row.count, "" if row.surface is None else f"{typography.number(row.surface, 2)} m²"
        )
        for row in rows
        if row.is_group
    ]
    return [row for row in rows if not row.is_group], groups


def _repeated_ids(rows: Iterable[RplsRow]) -> list[str]:
    seen: dict[str, int] = {}
    errors = []
    for row in rows:
        if row.rpls_id and row.rpls_id in seen:
            errors.append(
                f"Ligne {row.line} : l’identifiant RPLS {row.rpls_id} est déjà à la ligne {seen[row.rpls_id]}."
            )
        elif row.rpls_id:
            seen[row.rpls_id] = row.line
    return errors


def _plans(rows: Sequence[RplsRow]) -> list[_Plan]:
    """Each row with its dwelling: found by RPLS identifier, else by the hash of address and door (`import_key`)."""
    known = Dwelling.objects.select_related("building")
    by_id = {d.rpls_id: d for d in known.filter(rpls_id__in=[row.rpls_id for row in rows if row.rpls_id])}
    by_key = {d.import_key: d for d in known.filter(import_key__in=[row.import_key for row in rows])}
    taken = set()
    plans = []
    for row in rows:
        dwelling = by_id.get(row.rpls_id) if row.rpls_id else None
        if dwelling is None:
            dwelling = by_key.get(row.import_key)
            if dwelling is not None and dwelling.rpls_id and row.rpls_id and dwelling.rpls_id != row.rpls_id:
                dwelling = None
        if dwelling is not None and dwelling.pk in taken:
            dwelling = None
        if dwelling is not None:
            taken.add(dwelling.pk)
        plans.append(_planned(row, dwelling, by_key))
    return plans


def _planned(row: RplsRow, dwelling: Dwelling | None, by_key: "dict[str | None, Dwelling]") -> _Plan:
    if dwelling is None:
        if row.import_key in by_key:
            # Another dwelling has this `import_key` already: only the identifier tells them apart.
            row = replace(row, rank=-1)
        return _Plan(row, None)
    changes = {}
    for name in _FACTS:
        value = getattr(row, name)
        if value not in (None, "") and value != getattr(dwelling, name):
            changes[name] = value
    if row.rpls_id and dwelling.rpls_id != row.rpls_id:
        changes["rpls_id"] = row.rpls_id
    plan = _Plan(row, dwelling, changes)
    key_is_free = by_key.get(row.import_key, dwelling) == dwelling
    if dwelling.import_key != row.import_key and key_is_free:
        changes["import_key"] = row.import_key
        known = (dwelling.building.commune, dwelling.building.street, dwelling.building.name)
        plan.moved = known != (row.commune, row.street, row.building_name)
    return plan


def _shown(plan: _Plan) -> PreviewLine:
    changes = []
    if plan.dwelling is not None:
        for name, value in plan.changes.items():
            if name == "import_key":
                continue
            label = str(Dwelling._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            changes.append(f"{label} : {_said(getattr(plan.dwelling, name))} → {_said(value)}")
        if plan.moved:
            changes.append(f"adresse : {plan.dwelling.building.street} → {plan.row.street}")
    reference = plan.dwelling.reference if plan.dwelling else ""
    return PreviewLine(plan.row.line, plan.row.label, plan.action, reference, tuple(changes))


def _said(value: Any) -> str:
    if value is None or value == "":
        return "rien"
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value).replace(".", ",")


def _buildings(rows: Sequence[RplsRow]) -> dict[tuple[str, str, str], Building]:
    """The building of each address, created if missing."""
    wanted = {(row.commune, row.street, row.building_name): row for row in rows}
    found: dict[tuple[str, str, str], Building] = {}

    def look_up() -> None:
        for building in Building.objects.filter(commune__in={key[0] for key in wanted}):
            key = (building.commune, building.street, building.name)
            if key in wanted:
                found[key] = building

    look_up()
    missing = [
        Building(name=name, street=street, commune=commune, postcode=row.postcode, city=row.city)
        for (commune, street, name), row in wanted.items()
        if (commune, street, name) not in found
    ]
    if missing:
        Building.objects.bulk_create(missing)
        look_up()
    return found


def _create(plans: Sequence[_Plan]) -> list[Dwelling]:
    if not plans:
        return []
    buildings = _buildings([plan.row for plan in plans])
    created = []
    for new_id, plan in zip(draw_ids(Dwelling, len(plans)), plans, strict=True):
        row = plan.row
        facts = {name: getattr(row, name) for name in _FACTS if getattr(row, name) not in (None, "")}
        facts.setdefault("construction", ConstructionType.COLLECTIVE)
        created.append(
            Dwelling(
                id=new_id,
                reference=reference_of(new_id),
                building=buildings[row.commune, row.street, row.building_name],
                rpls_id=row.rpls_id or None,
                import_key=row.import_key if row.rank >= 0 else None,
                **facts,
            )
        )
    Dwelling.objects.bulk_create(created)
    Unit.objects.bulk_create(Unit(dwelling=d, kind=UnitKind.WHOLE, surface=d.surface) for d in created)
    return created


def _update(plans: Sequence[_Plan]) -> None:
    moved = [plan for plan in plans if plan.moved]
    buildings = _buildings([plan.row for plan in moved]) if moved else {}
    changed = []
    for plan in plans:
        assert plan.dwelling is not None
        for name, value in plan.changes.items():
            setattr(plan.dwelling, name, value)
        if plan.moved:
            plan.dwelling.building = buildings[plan.row.commune, plan.row.street, plan.row.building_name]
        changed.append(plan.dwelling)
    if not changed:
        return
    Dwelling.objects.bulk_update(changed, ["building", "rpls_id", "import_key", *_FACTS], batch_size=500)
    resized = {plan.dwelling.pk: plan.dwelling.surface for plan in plans if plan.dwelling and "surface" in plan.changes}
    units = list(Unit.objects.filter(dwelling__in=resized, kind=UnitKind.WHOLE))
    for unit in units:
        unit.surface = resized[unit.dwelling_id]
    Unit.objects.bulk_update(units, ["surface"], batch_size=500)


def _enter(agreement: HeadAgreement, dwellings: Sequence[Dwelling], from_day: date | None) -> None:
    """Dwellings that are not in the agreement enter it, to its end."""
    agreement = HeadAgreement.objects.select_for_update().get(pk=agreement.pk)
    start = from_day or agreement.period.lower
    if not contains(agreement.period, start):
        raise InvalidInput(
            f"Le {start:%d/%m/%Y} est hors de la convention {agreement.reference}. "
            "Choisissez un jour de la convention.",
            field="from_day",
        )
    span = period(start, agreement.period.upper)
    present = set(agreement.lines.filter(period__overlap=span).values_list("dwelling_id", flat=True))
    AgreementDwelling.objects.bulk_create(
        AgreementDwelling(
            agreement=agreement,
            dwelling=dwelling,
            gives_title=agreement.kind != HeadAgreementKind.SERVICE_CONTRACT,
            period=span,
        )
        for dwelling in dwellings
        if dwelling.pk not in present
    )


__all__ = ["GroupLine", "Preview", "PreviewLine", "import_stock", "preview_stock_import"]
