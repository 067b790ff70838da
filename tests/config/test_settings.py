"""What an installation gets where its environment says nothing, or says it with an empty word."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def _said(name: str, tmp_path: Path, **environment: str) -> str:
    """The setting `name` of the product, as a process reads it that is started elsewhere."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ANCRAGE_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", f"from config import settings; print(settings.{name})"],
        cwd=tmp_path, env=clean | {"PYTHONPATH": str(settings.BASE_DIR)} | environment,
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()


def test_an_empty_folder_of_data_is_the_usual_one_not_where_one_stands(tmp_path: Path) -> None:
    assert _said("VAR_DIR", tmp_path, ANCRAGE_VAR="") == str(settings.BASE_DIR / "var")
    assert list(tmp_path.iterdir()) == []


def test_no_host_of_tests_is_let_in(tmp_path: Path) -> None:
    assert _said("ALLOWED_HOSTS", tmp_path) == "['localhost', '127.0.0.1', '[::1]']"


def test_the_folders_of_what_people_sent_are_private(tmp_path: Path) -> None:
    (tmp_path / "var" / "media").mkdir(parents=True, mode=0o755)
    _said("VAR_DIR", tmp_path, ANCRAGE_VAR=str(tmp_path / "var"))
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "var").iterdir()}
    for name in ("media", "outbox", "queue", "cache"):
        assert modes[name] == "0o700"
    assert (modes["secret_key"], modes["note_key"]) == ("0o600", "0o600")


def test_the_key_of_the_notes_is_drawn_once_where_no_secret_is_set_and_named_elsewhere(tmp_path: Path) -> None:
    var = {"ANCRAGE_VAR": str(tmp_path / "var")}
    drawn = _said("NOTE_KEYS", tmp_path, **var)
    assert len(drawn) > 60
    assert drawn.startswith("{'local': '")
    assert _said("NOTE_KEYS", tmp_path, **var) == drawn
    assert _said("NOTE_KEYS", tmp_path, ANCRAGE_SECRET_KEY="s", **var) == "{}"
    named = _said("NOTE_KEYS", tmp_path, ANCRAGE_NOTE_KEYS="2026:b:, 2025:a,sans", **var)
    assert named == "{'2026': 'b:', '2025': 'a', '': 'sans'}"
