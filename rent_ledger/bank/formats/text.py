"""From bytes to text: byte order marks, declared encodings, and Latin-1 bytes in files that claim UTF-8."""

import codecs
import re

from common.errors import UnreadableFile
from rent_ledger.bank.formats.model import unreadable

_BOMS = (  # UTF-32 before UTF-16: its mark begins with the same bytes
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*?\?>")
_XML_ENCODING = re.compile(rb"\A\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:\-]{1,40})[\"']")
# Python also knows codecs that are no character sets (zip, rot13…): only these may be asked for by a file.
_ALLOWED = re.compile(r"(utf-?8|ascii|iso8859-\d+|cp125\d|utf-16(-[lb]e)?|cp850|cp858|mac-roman)")
# Windows' own characters (€ ’ œ) where it has one, else Latin-1: every byte means something, one byte one character.
_WESTERN = {b: bytes([b]).decode("cp1252", "ignore") or chr(b) for b in range(0x80, 0xA0)}


def western(data: bytes) -> str:
    """`data` as Latin-1 with Windows' additions: never fails, one character per byte."""
    return data.decode("latin-1").translate(_WESTERN)


def _western_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return western(error.object[error.start : error.end]), error.end


codecs.register_error("bank_western", _western_bytes)


def utf8_or_western(data: bytes) -> str:
    """Decode as UTF-8. A byte that isn't valid UTF-8 is read as Western on its own, so it spoils one letter only."""
    return data.decode("utf-8", "bank_western")


def marked_encoding(data: bytes) -> tuple[str, int] | None:
    """The encoding and the length of the byte order mark.

    Without a mark, UTF-16 is recognised by the zero bytes of its first letter (length 0).
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, len(mark)
    if len(data) >= 4:
        if data[0] and not data[1] and data[2] and not data[3]:
            return "utf-16-le", 0
        if not data[0] and data[1] and not data[2] and data[3]:
            return "utf-16-be", 0
    return None


def decode_marked(data: bytes) -> str | None:
    """The text of a file whose first bytes tell its encoding; None for the others. Raises `UnreadableFile`."""
    found = marked_encoding(data)
    if found is None:
        return None
    encoding, skip = found
    if encoding == "utf-8":
        return utf8_or_western(data[skip:])
    try:
        return data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(encoding.upper(), error.start + skip) from None


def decode_xml(data: bytes) -> str:
    """The text of an XML file without its declaration (its line ends stay). Raises `UnreadableFile`."""
    text = decode_marked(data)
    if text is None:
        match = _XML_ENCODING.match(data)
        declared = match.group(1).decode("ascii") if match else "utf-8"
        try:
            encoding = codecs.lookup(declared).name
        except LookupError:
            encoding = ""
        if not _ALLOWED.fullmatch(encoding):
            raise unreadable(
                [
                    f"Ligne 1 : l’encodage « {declared} » annoncé par le fichier n’est pas connu. "
                    "Demandez à la banque un fichier en UTF-8."
                ]
            )
        if encoding in ("utf-8", "ascii") or encoding.startswith("utf-16"):
            # A file that declares UTF-16 but has no zero bytes was converted by someone who left the declaration.
            text = utf8_or_western(data)
        else:
            text = _as_declared(data, encoding)
    declaration = _XML_DECLARATION.match(text)
    if declaration:
        text = "\n" * declaration.group().count("\n") + text[declaration.end() :]
    return text


def _as_declared(data: bytes, encoding: str) -> str:
    # If all accents are valid UTF-8 sequences, decode as UTF-8 whatever is declared: Latin-1 would give "Ã©".
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if encoding == "iso8859-1":
        return western(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(encoding.upper(), error.start) from None


def _undecodable(encoding: str, position: int) -> UnreadableFile:
    return unreadable(
        [
            f"Octet {position + 1} : le texte n’est pas du {encoding} valable, le fichier est abîmé ou tronqué. "
            "Téléchargez-le de nouveau à la banque."
        ]
    )


def join_texts(parts: list[str]) -> str:
    """The texts one after the other, without those that another one already contains."""
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return parts[0] if parts else ""
    kept: list[str] = []
    for part in parts:
        if not any(part in other for other in kept):
            kept = [other for other in kept if other not in part]
            kept.append(part)
    return " ".join(kept)
