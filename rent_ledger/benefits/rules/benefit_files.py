"""A benefit payer's bordereau: a CSV file whose columns the user maps. There is no public format (law.md B5).

Columns: number of the beneficiary, name, lease reference, month, amount (negative: indu withheld), kind. A file is read
whole or not at all. The error lists every line that can't be read, with its number.
"""

import contextlib
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from common.errors import UnreadableFile
from common.money import MOST
from common.periods import Month
from common.text import sort_key
from common.typography import counted, euros

ROLES: dict[str, str] = {
    "number": "Numéro allocataire",
    "name": "Nom",
    "lease": "Référence du bail",
    "month": "Mois concerné",
    "amount": "Montant",
    "kind": "Nature de l’aide",
}
MAX_BYTES = 10_000_000
_MAX_ERRORS = 50
# Words of a header, by role; the first role that fits takes the column.
_GUESSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("number", ("allocataire", "matricule", "numero dossier caf", "no alloc", "num alloc")),
    ("lease", ("reference bail", "ref bail", "ref locataire", "reference locataire", "dossier bailleur", "bail")),
    ("month", ("mois", "periode", "echeance", "au titre")),
    ("amount", ("montant", "somme", "verse", "net")),
    ("kind", ("nature", "type", "prestation", "aide")),
    ("name", ("nom", "beneficiaire", "locataire")),
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("janvier janv jan", "fevrier fevr fev", "mars mar", "avril avr", "mai", "juin", "juillet juil", "aout",
         "septembre sept sep", "octobre oct", "novembre nov", "decembre dec"), 1
    )
    for name in names.split()
}  # fmt: skip
_AMOUNT = re.compile(r"[-+]?\d+(\.\d{1,2})?")
_TOTAL = re.compile(r"\b(?:total|totaux|somme generale)\b")
_FOOT = re.compile(r"(?:sous )?(?:total|totaux|somme generale|montant total|(?:nombre|nb)(?: total)? (?:de|d) \w+)\b")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of the file. `rank` is its line number there, `amount` may be negative or zero."""

    rank: int
    number: str
    name: str
    lease: str
    kind: str
    month: Month
    amount: Decimal


def plain_number(text: str) -> str:
    """A beneficiary's number without its spaces and leading zeros."""
    return re.sub(r"[^0-9A-Z]", "", text.upper()).lstrip("0")


def who(number: str, lease: str, name: str) -> str:
    """Whom a line is about, however it is written: by its number, else its lease, else its name."""
    if plain := plain_number(number):
        return f"number {plain}"
    return f"lease {sort_key(lease)}" if lease else f"name {sort_key(name)}"


def digest_of_lines(lines: Iterable[ReadLine]) -> str:
    """The same for the same lines in any order, file, encoding or writing: who, month, amount in euros, kind."""
    written = sorted(
        f"{who(line.number, line.lease, line.name)}\x1f{line.month}\x1f{line.amount:.2f}\x1f{sort_key(line.kind)}"
        for line in lines
    )
    return hashlib.sha256("\x1e".join(written).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Table:
    """The file as rows of texts. `rows` are (line number, cells)."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    guessed: Mapping[str, str] = field(default_factory=dict)


def read_table(data: bytes, *, filename: str = "") -> Table:
    """The columns and rows of a CSV. Raises `UnreadableFile` if `data` is not a CSV."""
    name = f"« {filename} » : " if filename else ""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"{name}le fichier dépasse 10 Mo, un bordereau est bien plus petit.", code="file_too_big")
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise UnreadableFile(f"{name}le fichier est vide.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFile(
            f"{name}c’est un classeur. Ouvrez-le et enregistrez-le au format CSV, puis déposez le CSV."
        )
    if data.startswith(b"%PDF"):
        raise UnreadableFile(f"{name}c’est un PDF. Téléchargez le bordereau au format CSV sur l’espace partenaire.")
    text = _decode(data)
    if "\x00" in text:
        raise UnreadableFile(f"{name}ce n’est pas un fichier de texte. Déposez le bordereau au format CSV.")
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(";\t|,", key=first.count)
    if not first.count(delimiter):
        raise UnreadableFile(f"{name}aucune colonne n’est séparée par « ; », « , » ou une tabulation.")
    try:
        lines = [
            (reader.line_num, tuple(c.strip() for c in cells))
            for reader in (csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False),)
            for cells in reader
            if any(c.strip() for c in cells)
        ]
    except csv.Error:
        raise UnreadableFile(f"{name}le fichier CSV est abîmé. Téléchargez-le de nouveau.") from None
    headers, rows = lines[0][1], lines[1:]
    if not rows:
        raise UnreadableFile(f"{name}le fichier n’a que sa ligne de titres.")
    return Table(headers, tuple(rows), guess_mapping(headers))


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("latin-1")


def guess_mapping(headers: Sequence[str]) -> dict[str, str]:
    """Role → header, guessed from the words of the headers."""
    found: dict[str, str] = {}
    left = {header: sort_key(header) for header in headers}
    for role, hints in _GUESSES:
        for hint in hints:
            match = next((h for h, key in left.items() if hint in key), None)
            if match is not None:
                found[role] = match
                del left[match]
                break
    return found


def read_lines(
    table: Table, *, mapping: Mapping[str, str], default_month: Month | None = None, filename: str = ""
) -> list[ReadLine]:
    """The lines by `mapping` (role → header). `default_month` where no column gives it.

    Raises `UnreadableFile` with one French error per bad line.
    """
    errors = _check_mapping(table, mapping, default_month)
    lines: list[ReadLine] = []
    if not errors:
        places = {role: table.headers.index(header) for role, header in mapping.items()}
        for rank, cells in table.rows:
            values = {role: cells[i] if i < len(cells) else "" for role, i in places.items()}
            if _is_foot(cells, values.get("number", "")):
                continue
            try:
                lines.append(_line(rank, values, default_month))
            except ValueError as problem:
                errors.append(f"Ligne {rank} : {problem}")
    if not errors and not lines:
        errors.append("Le fichier ne contient aucune ligne d’aide.")
    if errors:
        shown = errors[:_MAX_ERRORS]
        if len(errors) > _MAX_ERRORS:
            others = counted(len(errors) - _MAX_ERRORS, "autre erreur,autres erreurs")
            shown.append(f"… et {others}.")
        name = f"« {filename} » : " if filename else ""
        raise UnreadableFile(f"{name}{errors[0]}", errors=shown)
    return lines


def _is_foot(cells: Sequence[str], number: str) -> bool:
    """A row that sums up the table: its first filled cell says so, whatever its column. Who is called Total has a
    number."""
    first = next((cell for cell in cells if cell), "")
    if not number:
        return bool(_TOTAL.search(sort_key(" ".join(cells[:3])))) or bool(_FOOT.match(sort_key(first)))
    return number == first and bool(_FOOT.match(sort_key(first)))


def _check_mapping(table: Table, mapping: Mapping[str, str], default_month: Month | None) -> list[str]:
    errors = [
        f"La colonne « {header} » n’est pas dans le fichier."
        for header in mapping.values()
        if header not in table.headers
    ]
    twice = [header for header, count in Counter(mapping.values()).items() if count > 1]
    errors += [f"La colonne « {header} » sert deux fois." for header in sorted(twice)]
    if not mapping.get("amount"):
        errors.append("Indiquez la colonne du montant.")
    if not (mapping.get("number") or mapping.get("name") or mapping.get("lease")):
        errors.append("Indiquez la colonne du numéro allocataire, du nom ou de la référence du bail.")
    if not mapping.get("month") and default_month is None:
        errors.append("Indiquez la colonne du mois, ou le mois de tout le bordereau.")
    return errors


def _line(rank: int, values: Mapping[str, str], default_month: Month | None) -> ReadLine:
    number = re.sub(r"[\s.]", "", values.get("number", "")).upper()
    name, lease = " ".join(values.get("name", "").split()), values.get("lease", "").strip()
    if not (number or name or lease):
        raise ValueError("ni numéro allocataire, ni nom, ni référence de bail.")
    if len(number) > 15:
        raise ValueError(f"le numéro allocataire « {number} » est trop long (15 caractères au plus).")
    month_text = values.get("month", "")
    month = parse_month(month_text) if month_text else default_month
    if month is None:
        raise ValueError("le mois manque.")
    return ReadLine(
        rank, number, name[:120], lease[:40], values.get("kind", "")[:20], month, parse_amount(values.get("amount", ""))
    )


def parse_amount(text: str) -> Decimal:
    """`1 234,56 €`, `-12.30`, `12,30-`, `(12,30)` in euros. `ValueError` with a French sentence on anything else."""
    cleaned = re.sub(r"[\s\u00a0\u202f€]|EUR", "", text).replace("−", "-")
    if cleaned.startswith("(") and cleaned.endswith(")"):
        cleaned = f"-{cleaned[1:-1]}"
    elif cleaned.endswith("-"):
        cleaned = f"-{cleaned[:-1]}"
    if "," in cleaned:
        cleaned = cleaned.replace(".", "").replace(",", ".")
    if not _AMOUNT.fullmatch(cleaned):
        raise ValueError(f"le montant « {text} » n’est pas un nombre, par exemple 213,40.")
    if abs(Decimal(cleaned)) > MOST:
        raise ValueError(f"le montant « {text} » dépasse {euros(MOST)}.")
    return +Decimal(cleaned)  # a plus: no zero below zero


def parse_month(text: str) -> Month:
    """`11/2026`, `2026-11`, `202611`, `01/11/2026`, `2026-11-01`, `nov. 2026`. `ValueError` in French otherwise."""
    words = sort_key(text).split()
    numbers = [w for w in words if w.isdigit()]
    try:
        for word in words:
            if word in _MONTHS and numbers:
                return Month(_year(numbers[-1]), _MONTHS[word])
        match numbers:
            case [both] if len(both) == 6:
                year, month = (both[:4], both[4:]) if both.startswith("20") else (both[2:], both[:2])
                return Month(_year(year), int(month))
            case [year, month] if len(year) == 4:
                return Month(_year(year), int(month))
            case [month, year]:
                return Month(_year(year), int(month))
            case [year, month, day, *_] if len(year) == 4:  # a spreadsheet may add the hour
                return Month.of(date(_year(year), int(month), int(day)))
            case [day, month, year]:
                return Month.of(date(_year(year), int(month), int(day)))
    except ValueError:
        pass
    raise ValueError(f"le mois « {text} » n’est pas lisible, écrivez par exemple 11/2026.")


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 2:
        year += 2000
    if not 2000 <= year <= 2100:
        raise ValueError(text)
    return year
