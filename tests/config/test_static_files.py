"""Static files: made by themselves, whole or not at all, and answered as a browser may keep them."""

import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config import static_files

YEAR = 365 * 24 * 3600


def _client_asks(address: str, encoding: str) -> tuple[dict[str, str], bytes]:
    answer = Client().get(address, headers={"accept-encoding": encoding})
    assert answer.status_code == 200, address
    return dict(answer.headers), b"".join(answer)


@pytest.mark.django_db
def test_what_a_page_asks_for_is_kept_a_year_and_compressed() -> None:
    page = Client().get("/compte/login/").content.decode()
    addresses = re.findall(r'(?:src|href)="(/static/[^"#]+)', page)
    assert len(addresses) >= 5
    for address in set(addresses):
        name = re.sub(r"\.[0-9a-f]{12}(\.\w+)$", r"\1", address.removeprefix("/static/"))
        found = finders.find(name)
        assert found, f"{address}: no digest in its name"
        told, plain = _client_asks(address, "identity")
        assert "immutable" in told["Cache-Control"]
        assert int(re.findall(r"max-age=(\d+)", told["Cache-Control"])[0]) >= YEAR
        if not name.endswith(".css"):  # those hold the new names of what they ask for
            assert plain == Path(found).read_bytes()
        if name.endswith(".png"):  # it is compressed already
            assert "Content-Encoding" not in _client_asks(address, "br, gzip")[0]
            continue
        for encoding, opened in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            told, body = _client_asks(address, f"{encoding}, deflate")
            assert told["Content-Encoding"] == encoding
            assert told["Vary"] == "Accept-Encoding"
            assert opened(body) == plain


def test_the_font_is_named_by_its_digest_in_the_style_sheet() -> None:
    manifest = json.loads((Path(settings.STATIC_ROOT) / "staticfiles.json").read_text())["paths"]
    sheet = (Path(settings.STATIC_ROOT) / manifest["common/ancrage.css"]).read_text()
    font = Path(manifest["vendor/hanken-grotesk-latin-wght-normal.woff2"]).name
    assert f"/vendor/{font}" in sheet
    assert "latin-wght-normal.woff2" not in sheet


@pytest.mark.django_db  # the end of an answer looks at the connections that other tests left
def test_with_debug_they_are_served_as_they_stand(settings: Any, tmp_path: Path) -> None:
    settings.DEBUG, settings.STATIC_ROOT = True, tmp_path
    address = static_files.Storage().url("common/ancrage.css")
    assert address == "/static/common/ancrage.css"
    answer = static_files.Middleware(lambda request: HttpResponse(status=404))(RequestFactory().get(address))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "max-age=0, public"
    assert b"".join(answer) == (Path(settings.BASE_DIR) / "common/static/common/ancrage.css").read_bytes()
    answer.close()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "static").mkdir()
    return tmp_path / "static"


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Path]:
    """Three sources: a style sheet that shows a picture, and a script."""
    (tmp_path / "from").mkdir()
    texts = {"a.css": 'p{background:url("b.svg")}' * 9, "b.svg": "<svg></svg>" * 9, "c.js": "let a=1;" * 9}
    for name, text in texts.items():
        (tmp_path / "from" / name).write_text(text)
    return {name: tmp_path / "from" / name for name in texts}


def _names(root: Path) -> dict[str, str]:
    paths: dict[str, str] = json.loads((root / "staticfiles.json").read_text())["paths"]
    return paths


def _is_whole(root: Path, found: dict[str, Path]) -> None:
    names = _names(root)
    assert names.keys() == found.keys()
    for name in names.values():
        plain = (root / name).read_bytes()
        assert brotli.decompress((root / f"{name}.br").read_bytes()) == plain
        assert gzip.decompress((root / f"{name}.gz").read_bytes()) == plain
    assert names["b.svg"] in (root / names["a.css"]).read_text()


def test_a_changed_source_has_a_new_name_and_the_old_one_stays_once(root: Path, found: dict[str, Path]) -> None:
    static_files.make(root, found)
    _is_whole(root, found)
    seen = [_names(root)]
    for text in ("let a=2;", "let a=3;"):
        found["c.js"].write_text(text * 9)
        static_files.make(root, found)
        _is_whole(root, found)
        seen.append(_names(root))
    assert len({names["c.js"] for names in seen}) == 3
    assert len({names["a.css"] for names in seen}) == 1
    assert [(root / names["c.js"]).exists() for names in seen] == [False, True, True]
    assert [(root / f"{names['c.js']}.br").exists() for names in seen] == [False, True, True]


def test_a_picture_that_changes_gives_its_style_sheet_a_new_name(root: Path, found: dict[str, Path]) -> None:
    static_files.make(root, found)
    before = _names(root)
    found["b.svg"].write_text("<svg><path/></svg>" * 9)
    static_files.make(root, found)
    _is_whole(root, found)
    assert before["a.css"] != _names(root)["a.css"]


def test_nothing_is_made_twice(root: Path, found: dict[str, Path]) -> None:
    static_files.make(root, found)
    times = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    static_files.make(root, found)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == times
    assert [path.name for path in root.parent.glob("static-*")] == []


def test_several_that_start_at_once_make_it_once(root: Path, found: dict[str, Path]) -> None:
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda _: static_files.make(root, found), range(8)))
    _is_whole(root, found)


def test_a_maker_that_was_killed_is_made_good(
    root: Path, found: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    static_files.make(root, found)
    text = found["c.js"].read_text()
    found["c.js"].write_text("let a=2;" * 9)
    moved = []

    def dies_at_the_third(self: Path, target: Path) -> Path:
        moved.append(target)
        if len(moved) == 3:
            raise KeyboardInterrupt
        return rename(self, target)

    rename = Path.replace
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dies_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            static_files.make(root, found)
    # Whatever comes next, the former sources or the new ones: all is made anew.
    found["c.js"].write_text(text)
    (root / _names(root)["c.js"]).write_text("damaged")
    static_files.make(root, found)
    _is_whole(root, found)
    assert (root / _names(root)["c.js"]).read_text() == text


def test_a_style_sheet_that_shows_what_is_not_there_stops_the_start(root: Path, found: dict[str, Path]) -> None:
    del found["b.svg"]
    with pytest.raises(ValueError, match=r"b\.svg"):
        static_files.make(root, found)
    assert not (root / "made_from").exists()
