"""What the content security policy and the sprite ask of every template of the product."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from common.icons import icons

APPS = ("config", "desk", "social_link", "maintenance", "rent_ledger", "leases", "stock", "office", "common")
ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(p for app in APPS for p in (ROOT / app).glob("templates/**/*.html"))
STATIC = ROOT / "common" / "static"
SYMBOLS = icons()

names = pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))


@names
def test_a_template_compiles(path: Path) -> None:
    get_template(str(path.relative_to(next(p for p in path.parents if p.name == "templates"))))


@names
def test_no_inline_script_style_or_handler(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source)
    assert not re.search(r"<style\b|\sstyle=", source)
    assert not re.search(r"\son[a-z]+=|\shx-on|javascript:|hx-vals='js:", source)


@names
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    used = set(re.findall(r'{%\s*icon\s+"([^"]+)"', path.read_text()))
    used |= set(re.findall(r'\bicon="([a-z0-9-]+)"', path.read_text()))
    assert used <= SYMBOLS


def test_icons_named_in_python_are_in_the_sprite() -> None:
    from common.looks import MEANINGS, TRADES
    from desk.context_processors import THEMES
    from desk.menu import ACCOUNT, PLACES

    used = {icon for _, icon in MEANINGS.values()} | {icon for _, icon, _ in TRADES.values()}
    used |= {icon for _, _, icon in THEMES} | {place.icon for place in (*PLACES.values(), *ACCOUNT)}
    assert used <= SYMBOLS


def test_the_theme_finds_its_font() -> None:
    css = STATIC / "common" / "ancrage.css"
    for address in re.findall(r'url\("([^"]+)"\)', css.read_text()):
        assert (css.parent / address).resolve().is_file(), address


def test_every_vendored_file_is_named_with_its_licence() -> None:
    ours = (STATIC / "vendor" / "NOTICE").read_text()
    for folder in (STATIC / "vendor", ROOT / "tests/browser/vendor"):
        notice = (folder / "NOTICE").read_text()
        for file in folder.iterdir():
            if file.name != "NOTICE":
                assert file.name in notice
    for file in (ROOT / "common/vendor").iterdir():
        assert f"common/vendor/{file.name}" in ours
