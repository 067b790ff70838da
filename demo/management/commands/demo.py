"""`manage.py demo`: load the demo association if the database is empty, then start all services."""

import contextlib
import gc
import http.client
import os
import shutil
import signal
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from common.memory import settle_heap
from config.history import other_history
from demo import empty
from demo.supervisor import (
    AlreadyRunning,
    Service,
    ServiceFailed,
    Supervisor,
    end_orphans,
    only_one,
)

# Each is one process (`CELERY_WORKER_POOL`): one dies alone, and the supervisor starts it again.
WORKERS = 2


class Command(BaseCommand):
    help = (
        "Démarre Ancrage avec l’association de démonstration : prépare la base, la charge si elle est vide, "
        "puis lance le serveur web, les workers et l’horloge. Ctrl-C arrête tout."
    )
    # The database may not exist yet, and `migrate` checks by itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", type=int, default=None, metavar="N", help="nombre de baux (défaut : environ 160)")
        parser.add_argument("--months", type=int, default=14, metavar="M", help="mois joués jusqu’à ce mois-ci (14)")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="graine du tirage (1)")
        parser.add_argument("--no-serve", action="store_true", help="charge la base et s’arrête là")
        parser.add_argument("--reset", action="store_true", help="efface d’abord la base de démonstration")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["size"] is not None and options["size"] < 1) or options["months"] < 1:
            raise CommandError("« --size » et « --months » sont des nombres entiers, 1 au moins.")
        port = _port()
        address = f"http://localhost:{port}/"
        try:
            with _leaving_in_order(), only_one(settings.VAR_DIR / "demo.pid", address):
                self._run(port, address, options)
        except AlreadyRunning as running:
            where = f" à l’adresse {running.address}" if running.address else ""
            raise CommandError(
                f"La démonstration tourne déjà{where}. Arrêtez-la (Ctrl-C dans sa fenêtre) avant d’en lancer une autre."
            ) from None
        except ServiceFailed as failure:
            raise CommandError(str(failure)) from None
        except KeyboardInterrupt:
            self.stdout.write("\nInterrompu. Le prochain « make demo » reprendra où il faut.")
            sys.exit(130)

    def _run(self, port: int, address: str, options: dict[str, Any]) -> None:
        if orphans := end_orphans(settings.VAR_DIR):
            self.stdout.write(f"Un arrêt brutal avait laissé {orphans} processus : terminés.")
        if not options["no_serve"]:
            _check_port_is_free(port)
        unfinished = settings.VAR_DIR / "demo.loading"
        if options["reset"] or unfinished.exists():
            if not options["reset"]:
                self.stdout.write("Le chargement précédent n’était pas allé au bout : il recommence.")
            self._reset()
            unfinished.unlink(missing_ok=True)
        elif other := other_history(connection):
            raise CommandError("\n".join(other))
        _forget_messages()
        self._migrate(unfinished)
        if not get_user_model()._default_manager.exists():
            unfinished.touch()
            self._load(options)
            unfinished.unlink()
        else:
            self.stdout.write("Base existante conservée (« make demo-reset » pour recommencer).")
        connection.close()
        if not options["no_serve"]:
            self._serve(port, address)

    def _reset(self) -> None:
        if os.environ.get("DATABASE_URL"):
            raise CommandError(
                "Refusé : DATABASE_URL désigne une base que la démonstration n’a pas créée. "
                "Retirez DATABASE_URL pour effacer la base embarquée, ou videz cette base vous-même."
            )
        name = psycopg.sql.Identifier(connection.settings_dict["NAME"])
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            cursor.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(name))
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        self.stdout.write("Base de démonstration effacée.")

    def _migrate(self, unfinished: Path) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Préparation de la base de données…")
            # A base that somebody else gave may stand behind a pooler, or belong to another role.
            if not os.environ.get("DATABASE_URL") and not connection.introspection.table_names():
                unfinished.touch()
                empty.load()
            call_command("migrate", interactive=False, verbosity=0)

    def _load(self, options: dict[str, Any]) -> None:
        # Imported here: a start on existing data does not need it.
        from demo import generator
        from demo.helper import Helper

        self.stdout.write("Chargement de l’association de démonstration…")
        size: dict[str, Any] = {} if options["size"] is None else {"size": options["size"]}
        progress = Progress(self.stdout)
        with contextlib.ExitStack() as stack:
            if generator.dwellings_for(options["size"]) > generator.LARGE:
                size["drain"] = stack.enter_context(Helper()).drain
            stack.enter_context(_in_one_breath())
            generator.load(**size, months=options["months"], seed=options["seed"], progress=progress)
        progress.end()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _serve(self, port: int, address: str) -> None:
        supervisor = Supervisor(settings.VAR_DIR, services(port))

        def announce() -> None:
            self.stdout.write(f"\nAncrage est ouvert : {address}\n")
            self._print_sign_ins()
            self.stdout.write(f"\nJournaux : {settings.VAR_DIR / 'log'}. Ctrl-C arrête tout.")

        supervisor.run(lambda: _answers(port), announce)
        self.stdout.write("\nArrêté.")

    def _print_sign_ins(self) -> None:
        from demo.people import SIGN_INS

        rows = [("Rôle", "Nom", "Adresse de connexion", "Mot de passe"), *SIGN_INS]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            self.stdout.write("  " + "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)))


class Progress:
    """`progress(step, done, total)`: in a terminal one line that is rewritten, elsewhere a line per 10 %."""

    def __init__(self, out: Any) -> None:
        self.out = out
        self.moves = out.isatty()
        self.last: tuple[str, int] | None = None

    def __call__(self, step: str, done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if not self.moves:
            percent -= percent % 10
        if self.last == (step, percent):
            return
        self.last = (step, percent)
        self.out.write(f"\r\033[K  {step} : {percent} %" if self.moves else f"  {step} : {percent} %", ending="")
        self.out.write("" if self.moves else "\n", ending="")
        self.out.flush()

    def end(self) -> None:
        if self.moves and self.last:
            self.out.write("\r\033[K", ending="")


def services(port: int) -> list[Service]:
    """What a demo runs: the same programs as in production."""
    python = sys.executable
    web = [python, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    web += ["--graceful-timeout", "5", "--timeout", "120", "--no-control-socket", "--preload"]
    # Celery warns root about pickled messages; ours are JSON.
    celery = [python, "-W", "ignore:You're running the worker with superuser", "-m", "celery", "-A", "config.celery"]
    celery += ["--quiet"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    workers = [Service(f"worker-{n}", [*worker, "--hostname", f"worker-{n}@%h"]) for n in range(1, WORKERS + 1)]
    # Beat needs no schedule file: `tick` is due each minute, and each worker runs one when it starts.
    beat = [*celery, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile=", "--loglevel", "WARNING"]
    return [Service("web", web, essential=True), *workers, Service("beat", beat)]


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CommandError(f"PORT=« {given} » n’est pas un port (1 à 65535).")
    return int(given)


def _check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CommandError(f"Le port {port} est réservé. Choisissez-en un autre : PORT=8001 make demo") from None
        except OSError:
            raise CommandError(
                f"Le port {port} est déjà utilisé par un autre programme. Choisissez-en un autre : "
                f"PORT={port + 1} make demo"
            ) from None


def _answers(port: int) -> bool:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", "/")
        client.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
    return True


def _forget_messages() -> None:
    """Delete old messages: they only wake workers, and the first tick finds open work by its state."""
    options = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {})
    for key in ("data_folder_in", "control_folder"):
        if folder := options.get(key):
            for path in Path(folder).glob("*"):
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def _in_one_breath() -> Iterator[None]:
    """Load without waiting for the disk, nor for the garbage collector."""
    from demo.helper import unsafe_commits

    thresholds = gc.get_threshold()
    settle_heap()
    try:
        with unsafe_commits():
            yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@contextlib.contextmanager
def _leaving_in_order() -> Iterator[None]:
    """Handle SIGTERM and a closed terminal as Ctrl-C, so that the database server stops too."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
