"""Reader of the detailed RPLS file (répertoire des logements locatifs des bailleurs sociaux).

The vocabulary is that of the arrêté du 5 janvier 2010 (annex); the layout is what producers and re-users publish: one
line per dwelling, columns named as in the annex, any subset, any order, any case, separator `;`, `,` or tab, UTF-8 or
Windows-1252. Some extracts count equal dwellings in a column `nb`, with `SURFHAB` summed over the group.

Pure: bytes in, rows and French line errors out.
"""

import contextlib
import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from common.errors import UnreadableFile
from common.money import round_cents
from common.text import sort_key

MAX_BYTES = 50_000_000
MAX_ERRORS = 200

# Our name → the headers that mean it, normalised (capitals, letters and digits only).
COLUMNS: dict[str, tuple[str, ...]] = {
    "rpls_id": ("IDENTREP", "IDENTRPLS", "IDRPLS", "IDENTIFIANT", "IDENTIFIANTRPLS", "IDENTLOGT", "NUMRPLS"),
    "commune": ("DEPCOM", "CODECOMMUNE", "CODCOM", "CODEINSEE", "INSEE"),
    "postcode": ("CODEPOSTAL", "CODPOSTAL", "CP"),
    "city": ("LIBCOM", "LIBCOMMUNE", "NOMCOMMUNE", "COMMUNE"),
    "number": ("NUMVOIE",),
    "repeat": ("INDREP", "INDICEREP"),
    "way": ("TYPVOIE", "TYPEVOIE"),
    "street": ("NOMVOIE", "LIBVOIE"),
    "flat": ("NUMAPPT", "NUMAPT"),
    "mailbox": ("NUMBOITE",),
    "stairwell": ("ESC", "ESCALIER"),
    "corridor": ("COULOIR",),
    "floor": ("ETAGE",),
    "more": ("COMPLIDENT",),
    "entrance": ("ENTREE",),
    "block": ("BAT", "BATIMENT"),
    "building": ("IMMEU", "IMMEUBLE"),
    "place": ("COMPLGEO",),
    "hamlet": ("LIEUDIT",),
    "priority_area": ("QPV",),
    "construction": ("TYPECONST", "TYPCONST"),
    "rooms": ("NBPIECE", "NBPIECES"),
    "surface": ("SURFHAB", "SURFACEHABITABLE"),
    "built_year": ("CONSTRUCT", "ANNEECONSTRUCT"),
    "financing": ("FINAN", "FINANCEMENT"),
    "energy_class": ("DPEENERGIE",),
    "climate_class": ("DPESERRE",),
    "count": ("NB", "NBLOGT", "NBLOGTS"),
}
REQUIRED = ("commune", "postcode", "city", "street", "rooms")
_BY_HEADER = {header: name for name, headers in COLUMNS.items() for header in headers}
# What tells one dwelling of an address from another.
_DOOR = (
    "flat",
    "mailbox",
    "stairwell",
    "corridor",
    "floor",
    "more",
    "entrance",
    "block",
    "building",
    "place",
    "hamlet",
)
_WAYS = {
    "R": "rue", "AV": "avenue", "AVE": "avenue", "BD": "boulevard", "BLD": "boulevard", "IMP": "impasse",
    "PL": "place", "ALL": "allée", "CHE": "chemin", "CHEM": "chemin", "RTE": "route", "SQ": "square",
    "CITE": "cité", "ALLEE": "allée", "QU": "quai", "RES": "résidence", "LOT": "lotissement", "PASS": "passage",
}  # fmt: skip
_SMALL_WORDS = {"de", "du", "des", "la", "le", "les", "l", "d", "et", "en", "sur", "sous", "aux", "au", "à"}
_CLASSES = frozenset("ABCDEFG")
_GROUND = {"RC", "RCH", "RDC", "REZ", "REZ DE CHAUSSEE", "REZ-DE-CHAUSSEE", "REZ DE CHAUSSÉE", "REZ-DE-CHAUSSÉE"}


@dataclass(frozen=True, slots=True)
class RplsRow:
    """One line of the file. `count` > 1: a group whose surface is a sum.

    `line` is the line in the file (the header is 1); `rank` tells apart dwellings whose address and door are equal.
    Surfaces in m².
    """

    line: int
    commune: str
    postcode: str
    city: str
    street: str
    building_name: str
    rooms: int
    door_key: str
    count: int
    rpls_id: str = ""
    surface: Decimal | None = None
    floor: int | None = None
    door: str = ""
    stairwell: str = ""
    built_year: int | None = None
    financing: str = ""
    construction: str = ""
    energy_class: str = ""
    climate_class: str = ""
    is_qpv: bool | None = None
    rank: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def is_group(self) -> bool:
        return self.count > 1

    @property
    def import_key(self) -> str:
        """Hash of address, door and rank: how the next file recognises the dwelling."""
        text = f"{self.door_key}|{self.rank}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def label(self) -> str:
        """`16 rue Voltaire, Narbonne, porte 4201`."""
        parts = [f"{self.street}, {self.city}", f"porte {self.door}" if self.door else ""]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class RplsFile:
    """A file read: its rows, one French sentence per line that can't be used, and one per cell that stays empty because
    it can't be read: a cell that no dwelling needs stops no file."""

    rows: tuple[RplsRow, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    encoding: str
    delimiter: str


class _LineError(Exception):
    """What is wrong with a line, from the column on."""


_Read = TypeVar("_Read")
_Wrong = Callable[[str, str], _LineError]


def read_rpls(data: bytes) -> RplsFile:
    """Read a file. Raises `UnreadableFile` if it is not an RPLS file; lines that can't be used are in `errors`."""
    text, encoding = _decode(data)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(reader)
        names, ignored = _names(header)
        rows, errors = _rows(_numbered(reader), names, header)
    except csv.Error as error:
        raise UnreadableFile(
            f"Ligne {reader.line_num} : le tableau est mal formé ({error}). Enregistrez-le à nouveau en CSV."
        ) from error
    if not rows and not errors:
        raise UnreadableFile("Ce fichier n’a que son en-tête : aucun logement à importer.")
    warnings = [f"Ligne {row.line}, {said}" for row in rows for said in row.warnings]
    return RplsFile(
        tuple(_ranked(rows)), tuple(errors), tuple(warnings), tuple(names), tuple(ignored), encoding, delimiter
    )


def expand(rows: Sequence[RplsRow]) -> list[RplsRow]:
    """Each group as `count` dwellings of surface / count, numbered; single dwellings as they are."""
    found = []
    for row in rows:
        if not row.is_group:
            found.append(row)
            continue
        share = None if row.surface is None else round_cents(row.surface / row.count)
        for n in range(1, row.count + 1):
            door = f"{row.door} n° {n}".strip()
            key = f"{row.door_key}|{n}/{row.count}"
            found.append(replace(row, count=1, surface=share, door=door, door_key=key, rpls_id=""))
    return found


def _decode(data: bytes) -> tuple[str, str]:
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"Ce fichier dépasse {MAX_BYTES // 1_000_000} Mo : découpez-le par commune.")
    if not data.strip():
        raise UnreadableFile("Ce fichier est vide.")
    if data[:2] in (b"PK", b"\xd0\xcf"):
        raise UnreadableFile("Ce fichier est un classeur ou une archive. Enregistrez la feuille au format CSV.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data:
        raise UnreadableFile("Ce fichier n’est pas un texte en UTF-8 ni en Windows-1252. Enregistrez-le en CSV UTF-8.")
    for encoding in ("utf-8-sig", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding), encoding
    return data.decode("latin-1"), "latin-1"


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").partition("\n")[0]
    found = max(";,\t", key=header.count)
    if header.count(found) < len(REQUIRED) - 1:
        raise UnreadableFile(
            "Ligne 1 : l’en-tête n’a pas les colonnes du fichier RPLS (DEPCOM, CODEPOSTAL, LIBCOM, NOMVOIE, NBPIECE…), "
            "séparées par des points-virgules ou des virgules."
        )
    return found


def _normal(header: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKD", header).upper())


def _names(header: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    names: dict[str, int] = {}
    ignored = []
    for position, title in enumerate(header):
        name = _BY_HEADER.get(_normal(title))
        if name is None:
            ignored.append(title)
        elif name in names:
            raise UnreadableFile(f"Ligne 1 : la colonne {title} est en double. Gardez-en une seule.")
        else:
            names[name] = position
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in names]
    if missing:
        raise UnreadableFile(
            f"Ligne 1 : il manque {'la colonne' if len(missing) == 1 else 'les colonnes'} {', '.join(missing)}. "
            "Reprenez le fichier RPLS détaillé tel qu’il est publié."
        )
    return names, ignored


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    for cells in reader:
        yield reader.line_num, cells


def _rows(
    lines: Iterator[tuple[int, list[str]]], names: dict[str, int], header: Sequence[str]
) -> tuple[list[RplsRow], list[str]]:
    rows: list[RplsRow] = []
    errors: list[str] = []
    width = len(header)
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(errors) >= MAX_ERRORS:
            errors.append(f"Ligne {line} et suivantes : plus de {MAX_ERRORS} lignes à corriger, lecture arrêtée.")
            break
        if len(cells) != width:
            errors.append(
                f"Ligne {line} : {len(cells)} colonnes au lieu de {width}. "
                "La ligne est coupée, ou contient le séparateur."
            )
            continue
        values = {name: cells[position].strip() for name, position in names.items()}
        titles = {name: header[position].strip() for name, position in names.items()}
        try:
            rows.append(_row(line, values, titles))
        except _LineError as error:
            errors.append(f"Ligne {line}, {error}")
    return rows, errors


def _row(line: int, values: dict[str, str], titles: dict[str, str]) -> RplsRow:
    def wrong(name: str, cure: str) -> _LineError:
        return _LineError(f"colonne {titles.get(name, COLUMNS[name][0])} : « {values.get(name, '')} » {cure}")

    def whole(name: str, least: int, most: int, cure: str) -> int | None:
        text = values.get(name, "")
        if not text:
            return None
        number = _number(text)
        if number is None or number != number.to_integral_value() or not least <= number <= most:
            raise wrong(name, cure)
        return int(number)

    warnings: list[str] = []

    def optional(read: Callable[[], _Read], empty: _Read) -> _Read:
        try:
            return read()
        except _LineError as error:
            warnings.append(f"{error} La case reste vide.")
            return empty

    for name in REQUIRED:
        if not values[name]:
            raise _LineError(f"colonne {titles[name]} : la valeur manque.")
    commune = values["commune"].upper().zfill(5)
    if not re.fullmatch(r"(\d{2}|2[AB])\d{3}", commune):
        raise wrong("commune", "n’est pas un code commune INSEE de 5 positions.")
    postcode = values["postcode"].removesuffix(".0").zfill(5)
    if not re.fullmatch(r"\d{5}", postcode):
        raise wrong("postcode", "n’est pas un code postal de 5 chiffres.")
    rpls_id = re.sub(r"\s", "", values.get("rpls_id", "")).upper().removesuffix(".0")
    if rpls_id and not re.fullmatch(r"[0-9A-Z]{10}", rpls_id):
        raise wrong("rpls_id", "n’est pas un identifiant RPLS de 10 positions.")
    rooms = whole("rooms", 1, 50, "n’est pas un nombre de pièces.")
    count = whole("count", 1, 10_000, "n’est pas un nombre de logements.") or 1
    assert rooms is not None
    return RplsRow(
        line=line,
        commune=commune,
        postcode=postcode,
        city=_title(values["city"]),
        street=_street(values),
        building_name=_building_name(values),
        rooms=rooms,
        door_key="|".join(_plain(text) for text in (*_address(values), *(values.get(name, "") for name in _DOOR))),
        rpls_id=rpls_id,
        surface=optional(lambda: _surface(values.get("surface", ""), count, wrong), None),
        floor=optional(lambda: _floor(values.get("floor", ""), wrong), None),
        door=_plain_number(values.get("flat", ""))[:40],
        stairwell=_zero_is_none(values.get("stairwell", ""))[:20],
        built_year=optional(lambda: whole("built_year", 1000, 2200, "n’est pas une année de construction."), None),
        financing=_plain_number(values.get("financing", ""))[:4],
        construction=optional(lambda: _coded(values, "construction", frozenset("ICE"), wrong), ""),
        energy_class=optional(lambda: _coded(values, "energy_class", _CLASSES, wrong), ""),
        climate_class=optional(lambda: _coded(values, "climate_class", _CLASSES, wrong), ""),
        is_qpv={"1": True, "2": False, "0": False}.get(_plain_number(values.get("priority_area", ""))),
        count=count,
        warnings=tuple(warnings),
    )


def _address(values: dict[str, str]) -> tuple[str, ...]:
    number = _zero_is_none(values.get("number", ""))
    return (values["commune"], number, values.get("repeat", ""), _way(values), values["street"])


def _coded(values: dict[str, str], name: str, allowed: "frozenset[str]", wrong: _Wrong) -> str:
    text = values.get(name, "").upper()
    if text and text not in allowed:
        # The annex also has « N » (not required) and « V » (blank): we store no class for them.
        if allowed is _CLASSES and text in {"N", "V", "NC", "VIERGE"}:
            return ""
        raise wrong(name, f"n’est pas un code connu ({', '.join(sorted(allowed))}).")
    return text


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _surface(text: str, count: int, wrong: _Wrong) -> Decimal | None:
    if not text:
        return None
    number = _number(text)
    if number is None or not 1 <= number / count <= 1000:
        each = "par logement " if count > 1 else ""
        raise wrong("surface", f"n’est pas une surface plausible : de 1 à 1 000 m² {each}attendus.")
    return number.quantize(Decimal("0.01"))


def _floor(text: str, wrong: _Wrong) -> int | None:
    text = text.upper()
    if not text:
        return None
    if text in _GROUND:
        return 0
    below = re.fullmatch(r"(?:SS|S/S|SOUS[ -]?SOL)[ -]?(\d?)", text)
    if below:
        return -int(below[1] or 1)
    number = _number(re.sub(r"(?<=\d)(?:ER|E|ÈME|EME|ND|D)$", "", text))
    if number is None or number != number.to_integral_value() or not -9 <= number <= 99:
        raise wrong("floor", "n’est pas un étage.")
    return int(number)


def _plain_number(text: str) -> str:
    """`4201` for `4201.0`: spreadsheets write counts and codes as decimals."""
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text)


def _zero_is_none(text: str) -> str:
    return "" if re.fullmatch(r"0*(\.0+)?", text) else _plain_number(text)


def _plain(text: str) -> str:
    return sort_key(_plain_number(text))


def _title(text: str, *, inside: bool = False) -> str:
    """`Louis Malle` for `LOUIS MALLE`; mixed case is kept. `inside`: the text comes after other words."""
    if text != text.upper():
        return text
    words = re.split(r"([\s'’-]+)", text.lower())
    return "".join(
        w if w in _SMALL_WORDS and (i or inside) else w[:1].upper() + w[1:] for i, w in enumerate(words)
    ).replace("'", "’")


def _way(values: dict[str, str]) -> str:
    """`rue` for `R`, `RUE` and `rue`."""
    way = values.get("way", "")
    return _WAYS.get(way.upper().rstrip("."), way.lower())


def _street(values: dict[str, str]) -> str:
    number = _zero_is_none(values.get("number", ""))
    repeat = values.get("repeat", "").lower()
    way = _way(values)
    return " ".join(part for part in (number, repeat, way, _title(values["street"], inside=bool(way))) if part)[:200]


def _building_name(values: dict[str, str]) -> str:
    name = _zero_is_none(values.get("building", ""))
    if not name:
        place = values.get("place", "")
        name = place if re.match(r"(RES|RESIDENCE)\b", place.upper()) else ""
    block = _zero_is_none(values.get("block", ""))
    if re.fullmatch(r"(ENSEMBLE.*|BATIMENT|BAT)", block.upper()):
        block = ""
    block = re.sub(r"^BAT(IMENT)?\.?\s*", "", block, flags=re.IGNORECASE)
    parts = [re.sub(r"^Residence\b", "Résidence", _title(name)), f"bâtiment {block}" if block else ""]
    text = ", ".join(part for part in parts if part)[:120]
    return text[:1].upper() + text[1:]


def _ranked(rows: Sequence[RplsRow]) -> list[RplsRow]:
    """Number the rows with equal address and door by their other columns, so the order of the file doesn't matter."""
    groups: dict[str, list[int]] = {}
    for position, row in enumerate(rows):
        groups.setdefault(row.door_key, []).append(position)
    ranked = list(rows)
    for positions in groups.values():
        if len(positions) > 1:
            order = sorted(positions, key=lambda p: (rows[p].rpls_id, _facts(rows[p])))
            for rank, position in enumerate(order):
                ranked[position] = replace(rows[position], rank=rank)
    return ranked


def _facts(row: RplsRow) -> tuple[str, ...]:
    return tuple(str(x) for x in (row.rooms, row.surface, row.built_year, row.financing, row.construction, row.count))
