"""The words of a PDF that typst made: what a reader sees, without any library of PDF.

Only what typst writes is understood: plain objects, deflated streams, fonts by glyph with their table of letters.
"""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.S)
_STREAM = re.compile(rb"/Length (\d+)\b.*?stream\r?\n", re.S)
# A string is read by hand: its parentheses may be balanced, and then they are not escaped.
_TOKEN = re.compile(rb"\((?P<open>)|<(?P<hex>[0-9A-Fa-f]*)>|/(?P<name>[^\s/\[(<]+)|(?P<word>[A-Za-z'\"*]+[01]?)")
_IN_STRING = re.compile(rb"\\([0-7]{1,3}|\r\n|.)|[()]", re.S)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_text(content: bytes) -> str:
    """The texts of a PDF in the order in which they are drawn, with a space between them."""
    objects = {int(number): body for number, body in _OBJECT.findall(content)}
    texts: list[str] = []
    for body in objects.values():
        if b"/Type/Page/" in body:
            tables = {
                name: _letters(_inflated(_referred(objects, "ToUnicode", objects[int(font)])))
                for name, font in re.findall(rb"/(f\d+) (\d+) 0 R", _referred(objects, "Resources", body))
            }
            texts += _texts(_inflated(_referred(objects, "Contents", body)), tables)
    return " ".join(" ".join(texts).split())


def _referred(objects: dict[int, bytes], name: str, body: bytes) -> bytes:
    found = re.search(rf"/{name} (\d+) 0 R".encode(), body)
    assert found, f"no {name}"
    return objects[int(found[1])]


def _texts(drawn: bytes, fonts: dict[bytes, dict[int, str]]) -> list[str]:
    found, strings, letters, name, at = [], [], {}, b"", 0
    while token := _TOKEN.search(drawn, at):
        at = token.end()
        if token["open"] is not None:
            glyphs, at = _string(drawn, at)
            strings.append(glyphs)
        elif token["hex"] is not None:
            strings.append(bytes.fromhex(token["hex"].decode()))
        elif token["name"]:
            name = token["name"]
        else:
            if token["word"] == b"Tf":
                letters = fonts[name]
            elif token["word"] in (b"Tj", b"TJ"):
                found.append("".join(_said(glyphs, letters) for glyphs in strings))
            strings.clear()
    return found


def _string(drawn: bytes, at: int) -> tuple[bytes, int]:
    """What stands between the parentheses, the first of which ends at `at`, and where what follows begins."""
    said, depth = b"", 1
    while True:
        sign = _IN_STRING.search(drawn, at)
        assert sign, "a string without an end"
        said += drawn[at : sign.start()]
        at = sign.end()
        if code := sign[1]:
            said += bytes([int(code, 8) % 256]) if code.isdigit() else _ESCAPES.get(code, code)
            continue
        depth += 1 if sign[0] == b"(" else -1
        if not depth:
            return said, at
        said += sign[0]


def _said(glyphs: bytes, letters: dict[int, str]) -> str:
    return "".join(letters.get(int.from_bytes(glyphs[i : i + 2], "big"), "") for i in range(0, len(glyphs), 2))


def _letters(table: bytes) -> dict[int, str]:
    """By glyph, what it says."""
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.S):
        for glyph, text in re.findall(rb"<([0-9A-Fa-f]+)> ?<([0-9A-Fa-f]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)> ?<([0-9A-Fa-f]+)> ?<([0-9A-Fa-f]+)>", block):
            for glyph in range(int(first, 16), int(last, 16) + 1):
                found[glyph] = chr(int(text, 16) + glyph - int(first, 16))
    return found


def _inflated(body: bytes) -> bytes:
    stream = _STREAM.search(body)
    assert stream, "an object without a stream"
    # By its length: its last byte may be the end of a line.
    content = body[stream.end() : stream.end() + int(stream[1])]
    return zlib.decompress(content) if b"FlateDecode" in body[: stream.end()] else content
