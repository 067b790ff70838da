"""What is kept of former bases, and how one is loaded."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings

from demo import empty
from tests.databases import past_the_pooler

HERE = Path(__file__).parent
FOLDER = HERE / "bases"
DIGESTS = HERE / "migrations.sha256"


def kept() -> list[Path]:
    return sorted(FOLDER.glob("*.sql.gz"))


def load(base: Path) -> None:
    """Write the base into the database of the connection, which is empty."""
    # A dump sets the search_path of its session: through a pooler, that is somebody else's at the next transaction.
    with past_the_pooler():
        empty.load(base)


def applied(text: str) -> set[tuple[str, str]]:
    """(app, name) of the migrations of ours that a base has."""
    block = next(block for block in empty.COPY.finditer(text) if block[1].startswith("COPY public.django_migrations "))
    rows = [line.split("\t") for line in block[2].splitlines()]
    return {(app, name) for _, app, name, _ in rows if app in ours()}


def ours() -> dict[str, Path]:
    """The folder of migrations of each app of ours, by its label."""
    found = {app.label: Path(app.path) for app in apps.get_app_configs()}
    return {label: path / "migrations" for label, path in found.items() if path.parent == settings.BASE_DIR}


def pinned(digests: Path = DIGESTS) -> dict[str, str]:
    """Path from the root → digest."""
    lines = digests.read_text().splitlines() if digests.exists() else []
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def path_of(app: str, name: str) -> str:
    return f"{app}/migrations/{name}.py"


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rewritten(digests: dict[str, str], root: Path) -> Iterator[str]:
    """What was done to migrations that bases in use have applied."""
    for path, digest in digests.items():
        if not (root / path).exists():
            yield f"{path} was removed or renamed"
        elif digest_of(root / path) != digest:
            yield f"{path} was written again"
