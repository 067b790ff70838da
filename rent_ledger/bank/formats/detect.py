"""The way in: which format a file has, limits before any parsing, containers."""

import io
import re
import zipfile
import zlib

from common.errors import UnreadableFile
from rent_ledger.bank.formats.camt import read_camt
from rent_ledger.bank.formats.cfonb120 import looks_like_cfonb, read_cfonb120
from rent_ledger.bank.formats.model import MAX_BYTES, BankFileContent, ReadStatement, unreadable
from rent_ledger.bank.formats.text import marked_encoding, western

_WANTED = "Demandez à la banque le relevé au format camt.053 ou CFONB 120."
_MAX_MEMBERS = 500
# First bytes of files that people send by mistake.
_KNOWN_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "un PDF"),
    (b"\x1f\x8b", "une archive gzip"),
    (b"Rar!", "une archive RAR"),
    (b"7z\xbc\xaf", "une archive 7-Zip"),
    (b"BZh", "une archive bzip2"),
    (b"\xd0\xcf\x11\xe0", "un ancien document Office (Excel, Word)"),
    (b"{\\rtf", "un document RTF"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"),
    (b"OFXHEADER", "un fichier OFX"),
    (b"!Type:", "un fichier QIF"),
    (b"{1:F", "un relevé MT940"),
    (b":20:", "un relevé MT940"),
)
_HTML = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_OFX = re.compile(r"\s*(?:<\?OFX|<OFX>)", re.IGNORECASE)


def read_bank_file(data: bytes, *, filename: str = "") -> BankFileContent:
    """The content of a camt.052/053/054 or CFONB 120 file, or of a zip of such files.

    Raises `UnreadableFile` (its `errors`: one French line per problem, with the place): a file is read whole or not
    at all. Balances that don't add up are no error: see `ReadStatement.adds_up` and `gap`.
    """
    try:
        if len(data) > MAX_BYTES:
            raise unreadable([_too_big(len(data))], code="file_too_big")
        if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _read_zip(data)
        return _read_plain(data)
    except UnreadableFile as error:
        if filename and not error.message.startswith("« "):
            raise unreadable(error.errors, filename=filename, code=error.code) from None
        raise


def check_size(size: int, *, filename: str = "") -> None:
    """Refuses a file by its size alone, so that nobody has to read 200 MB to refuse them. Raises `UnreadableFile`."""
    if size > MAX_BYTES:
        raise unreadable([_too_big(size)], filename=filename, code="file_too_big")


def _too_big(size: int) -> str:
    return (
        f"Le fichier fait {_megabytes(size)} Mo, la limite est de {MAX_BYTES // 1_000_000} Mo. "
        "Téléchargez des relevés d’une période plus courte."
    )


def _megabytes(size: int) -> str:
    tenths = -(-size // 100_000)  # rounded up: what exceeds the limit mustn't read as the limit
    return f"{tenths // 10},{tenths % 10}"


def _read_plain(data: bytes) -> BankFileContent:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.strip(b"\x00") and not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise unreadable([f"Le fichier est vide. {_WANTED}"])
    for mark, what in _KNOWN_STARTS:
        if start.startswith(mark):
            raise unreadable([f"C’est {what}, pas un relevé bancaire lisible. {_WANTED}"])
    head = _head(data)
    if _HTML.match(head):
        raise unreadable([f"C’est une page web (HTML), pas un relevé bancaire. {_WANTED}"])
    if _OFX.match(head):
        raise unreadable([f"C’est un fichier OFX, pas un relevé bancaire lisible. {_WANTED}"])
    if head.lstrip().startswith("<"):
        return read_camt(data)
    if looks_like_cfonb(head):
        return read_cfonb120(data)
    raise unreadable([_unknown(data, head)])


def _head(data: bytes) -> str:
    """The first characters, whatever the encoding. Only to recognise the format."""
    part = data[:8192]
    encoding, skip = marked_encoding(part) or ("", 0)
    text = part[skip:].decode(encoding, "ignore") if encoding else western(part)
    return text.lstrip("\ufeff \t\r\n\x00")


def _unknown(data: bytes, head: str) -> str:
    if data.lstrip(b"\x40").startswith((b"\xf0\xf1", b"\xf0\xf4", b"\xf0\xf5", b"\xf0\xf7")):
        return "Le fichier est en EBCDIC (grand système). Demandez à la banque le CFONB 120 en ASCII."
    lines = [line for line in head.splitlines() if line.strip()][:5]
    for separator, name in ((";", "points-virgules"), ("\t", "tabulations"), (",", "virgules"), ("|", "barres")):
        counts = {line.count(separator) for line in lines}
        if lines and min(counts) >= 2:
            return f"C’est un tableau (CSV, colonnes séparées par des {name}), pas un relevé bancaire. {_WANTED}"
    if head.startswith(("{", "[")):
        return f"C’est un fichier JSON, pas un relevé bancaire. {_WANTED}"
    shown = "".join(char for char in head[:20] if char.isprintable())
    return f"Le début du fichier (« {shown} ») n’est ni du camt (XML) ni du CFONB 120. {_WANTED}"


def _read_zip(data: bytes) -> BankFileContent:
    """Every file of the archive, whole or not at all; sizes are bounded before and while unpacking."""
    errors: list[str] = []
    formats: list[str] = []
    statements: list[ReadStatement] = []
    for name, member in _members(data):
        try:
            content = _read_plain(member)
        except UnreadableFile as error:
            errors.extend(f"« {name} » : {line}" for line in error.errors)
        else:
            formats.append(content.format)
            statements.extend(content.statements)
    if errors:
        raise unreadable(errors)
    return BankFileContent(format=" + ".join(dict.fromkeys(formats)), statements=tuple(statements))


def _members(data: bytes) -> list[tuple[str, bytes]]:
    damaged = "L’archive zip est abîmée ou tronquée. Téléchargez-la de nouveau à la banque."
    members: list[tuple[str, bytes]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir() and not _is_noise(i.filename)]
            if any(i.filename in ("[Content_Types].xml", "mimetype") for i in infos):
                raise unreadable(
                    [f"C’est un document bureautique (Excel, Word, LibreOffice), pas un relevé. {_WANTED}"]
                )
            if not infos:
                raise unreadable(["L’archive zip ne contient aucun fichier."])
            if len(infos) > _MAX_MEMBERS:
                raise unreadable([f"L’archive zip contient {len(infos)} fichiers, la limite est de {_MAX_MEMBERS}."])
            total = sum(i.file_size for i in infos)
            if total > MAX_BYTES:
                raise unreadable([f"L’archive zip, décompressée : {_too_big(total)}"], code="file_too_big")
            left = MAX_BYTES
            for info in sorted(infos, key=lambda i: i.filename):
                if info.flag_bits & 0x1:
                    raise unreadable([f"« {info.filename} » : l’archive zip est protégée par un mot de passe."])
                with archive.open(info) as stream:
                    content = stream.read(left + 1)  # the announced size may lie
                left -= len(content)
                if left < 0:
                    raise unreadable([f"L’archive zip, décompressée, dépasse {MAX_BYTES // 1_000_000} Mo."])
                if content.startswith(b"PK\x03\x04"):
                    raise unreadable([f"« {info.filename} » : une archive dans l’archive n’est pas ouverte."])
                members.append((info.filename, content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        del error  # its English text helps nobody
        raise unreadable([damaged]) from None
    except (OverflowError, MemoryError, LookupError, ArithmeticError):
        raise unreadable([damaged]) from None
    return members


def _is_noise(name: str) -> bool:
    """What macOS and Windows put into archives."""
    last = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or last.startswith("._") or last in (".DS_Store", "Thumbs.db", "desktop.ini")
