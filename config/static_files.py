"""Static files: names that hold a digest of their content (kept a year by browsers), compressed in advance.

Nobody runs `collectstatic`: the first process that names or serves a static file makes `STATIC_ROOT`, and makes it
again when a source has changed. With `DEBUG`, files are served as they stand.
"""

import fcntl
import fnmatch
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Carried by the packages, asked for by no page of ours.
NOT_SERVED = ("*.map", "account/*", "mfa/*", "ninja/redoc*", "django_htmx/ext/*", "django_htmx/ht*-4*")
# Brotli at its best takes seconds for the documentation page's megabyte of script.
_LARGE = 150_000


class _Compressor(Compressor):
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        compressed: bytes = brotli.compress(data, quality=9 if len(data) > _LARGE else 11)
        return compressed


class _Maker(CompressedManifestStaticFilesStorage):
    """Writes the files. Addresses in style sheets are changed to the new names; those of source maps are left alone."""

    keep_only_hashed_files = True
    patterns = tuple(
        (files, tuple(p for p in patterns if "sourceMappingURL" not in str(p)))
        for files, patterns in CompressedManifestStaticFilesStorage.patterns
    )

    def create_compressor(self, **options: Any) -> Compressor:
        return _Compressor(**options)


class Storage(_Maker):
    """The files of `STATIC_ROOT`, made if needed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            make(Path(settings.STATIC_ROOT), sources())
        super().__init__(*args, **options)


class Middleware(WhiteNoiseMiddleware):
    """Serves the files of `STATIC_ROOT`. It lists them once, so they are made first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        staticfiles_storage.url("common/ancrage.css")
        super().__init__(*args, **options)


def make(root: Path, found: dict[str, Path]) -> None:
    """Make the files in `root` if they are not those `found` (by name). One process does it while others wait."""
    digest = hashlib.sha256()
    for name, path in found.items():
        digest.update(f"{name}\0".encode() + path.read_bytes())
    stamp = root / "made_from"

    def is_made() -> bool:
        try:
            return stamp.read_text() == digest.hexdigest()
        except FileNotFoundError:
            return False

    if is_made():
        return
    with open(root.parent / "static.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_made():
            return
        with tempfile.TemporaryDirectory(dir=root.parent, prefix="static-") as folder:
            _write(found, Path(folder))
            stamp.unlink(missing_ok=True)
            _replace(Path(folder), root)
        stamp.write_text(digest.hexdigest())


def sources() -> dict[str, Path]:
    """Name → file: the first one where two apps have the same, as Django's own command does."""
    found: dict[str, Path] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            if not any(fnmatch.fnmatch(name, pattern) for pattern in NOT_SERVED):
                found.setdefault(name, Path(storage.path(name)))
    return found


def _write(found: dict[str, Path], folder: Path) -> None:
    for name, path in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    maker = _Maker(location=folder)
    for _name, _new_name, problem in maker.post_process({name: (maker, name) for name in found}):
        if isinstance(problem, Exception):
            raise problem


def _replace(folder: Path, root: Path) -> None:
    """Bring the files to `root`, the manifest last. What pages that are open now may still ask for stays once more."""
    manifest = root / _Maker.manifest_name
    before = set(json.loads(manifest.read_text())["paths"].values()) if manifest.is_file() else set[str]()
    new = [path for path in folder.rglob("*") if path.is_file() and path.name != manifest.name]
    kept = {manifest}
    for path in new:
        target = root / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        kept.add(target)
    (folder / manifest.name).replace(manifest)
    kept |= {root / f"{name}{ending}" for name in before for ending in ("", ".br", ".gz")}
    for path in root.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()
