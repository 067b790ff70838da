"""`make mutants`: is each rule pinned by a test? Small faults are made one at a time; a test must find each one.

A fault that no test finds is a survivor. It is explained in `explained.toml`, or the command fails; an explanation of
what doesn't survive fails too. Nothing is written into the tree: the faulty text lives in a forked process.

    python -m tests.mutants                      everything
    python -m tests.mutants --since main         what changed since a revision
    python -m tests.mutants --only allocation    modules whose path contains a word
"""

import argparse
import contextlib
import fcntl
import gc
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.child import FOUND, MISSED, Run, run
from tests.mutants.mutations import Mutation, mutations_of
from tests.mutants.targets import ROOT, targets

EXPLAINED = Path(__file__).with_name("explained.toml")
# Imported once, before the forks: nothing of them knows our apps.
HEAVY = (
    "celery", "django.contrib.postgres.fields", "django.core.management", "django.db.models", "django.forms",
    "django.template.loader", "django.test", "hypothesis", "kombu", "psycopg", "pydantic", "sqlparse", "typst",
    "django.db.backends.postgresql.base", "hypothesis.stateful", "psutil", "ninja", "celery.app.base", "tests.conftest",
    "common.clock", "common.money", "common.periods", "common.typography", "common.reasons", "common.codes",
)  # fmt: skip
DATABASES = ("test_mutants_0", "test_mutants_1", "test_mutants_2", "test_mutants_3")


@dataclass
class Module:
    path: str
    tests: list[str]
    source: bytes
    mutations: list[Mutation]
    needs_database: bool = False
    lines: dict[str, set[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    finds: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """How many faults each test found so far, by function."""
    problem: str = ""
    wanted: list[Mutation] = field(default_factory=list)
    survivors: list[tuple[Mutation, str]] = field(default_factory=list)
    done: int = 0

    def tests_for(self, mutation: Mutation) -> tuple[str, ...]:
        """Those that execute its lines: first what found other faults of its function, then the quickest."""
        ran = set(range(mutation.lines[0], mutation.lines[1] + 1))
        tests = [name for name in self.lines if "::" in name]
        if not (mutation.on_import or ran & self.lines.get("import", set())):
            tests = [
                name
                for name in tests
                if ran & self.lines[name] or ran & self.lines.get(f"setup {name.split('::')[0]}", set())
            ]
        finds = self.finds[mutation.function]
        return tuple(sorted(tests, key=lambda name: (-finds[name], self.seconds.get(name, 0), name)))


@dataclass
class Going:
    """A child at work."""

    job: Run
    deadline: float
    slot: int
    module: Module
    mutation: Mutation | None


class Keeper:
    """A process that holds one prepared database per slot, and drops them when this one ends."""

    def __init__(self, count: int) -> None:
        asked, self.ask = os.pipe()
        self.answers, answer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.ask)
            os.close(self.answers)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            try:
                _keep(asked, answer, count)
            finally:
                os._exit(0)
        os.close(asked)
        os.close(answer)
        self.wait()

    def clone(self, slot: int) -> None:
        os.write(self.ask, bytes([slot]))
        self.wait()

    def wait(self) -> None:
        if os.read(self.answers, 1) != b"+":
            raise SystemExit("The databases could not be prepared.")

    def close(self) -> None:
        os.close(self.ask)
        os.waitpid(self.pid, 0)


def _keep(asked: int, answer: int, count: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.db import connection

    from tests.databases import TestDatabase

    databases = []
    for name in DATABASES[:count]:
        database = TestDatabase(connection.settings_dict["NAME"], "")
        database.name = name
        original = connection.settings_dict["NAME"]
        database.prepare()
        connection.settings_dict["NAME"] = original
        databases.append(database)
    os.write(answer, b"+")
    while slot := os.read(asked, 1):
        databases[slot[0]].restore()
        os.write(answer, b"+")
    for database in databases:
        database.drop()


class Runner:
    def __init__(self, workers: int, folder: Path, deadline: float | None) -> None:
        self.workers, self.folder, self.deadline = workers, folder, deadline
        self.going: dict[int, Going] = {}
        self.keeper: Keeper | None = None
        self.lock: object = None

    # -- processes ------------------------------------------------------------------------------------------------

    def databases(self) -> None:
        """Make them at the first need. Another run of tests on the same cluster is waited for."""
        if self.keeper is None:
            var = Path(os.environ.get("ANCRAGE_VAR", ROOT / "var"))
            var.mkdir(parents=True, exist_ok=True)
            self.lock = open(var / "tests-embedded.lock", "w")  # noqa: SIM115  held until the end
            fcntl.lockf(self.lock, fcntl.LOCK_EX)
            self.keeper = Keeper(self.workers)

    def start(self, module: Module, mutation: Mutation | None, chosen: tuple[str, ...] | None, limit: float) -> None:
        slot = next(n for n in range(self.workers) if n not in {g.slot for g in self.going.values()})
        if module.needs_database:
            self.databases()
        files = module.tests if chosen is None else sorted({name.split("::")[0] for name in chosen})
        job = Run(
            module=ROOT / module.path,
            source=None if mutation is None else mutation.applied(module.source),
            files=tuple(files),
            chosen=chosen,
            database=DATABASES[slot] if module.needs_database else "",
            report=self.folder / f"report-{slot}.json",
            output=self.folder / f"output-{slot}.txt",
            root=ROOT,
        )
        job.report.unlink(missing_ok=True)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.setpgid(0, 0)
            run(job)
        self.going[pid] = Going(job, time.monotonic() + limit, slot, module, mutation)

    def next_end(self) -> tuple[Going, int]:
        """Wait for a child. A mutant that never ends is found: a test's time limit would stop it."""
        while True:
            for pid, going in list(self.going.items()):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    del self.going[pid]
                    return going, os.waitstatus_to_exitcode(status)
                if time.monotonic() > going.deadline:
                    os.killpg(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                    del self.going[pid]
                    if self.keeper is not None and going.job.database:
                        self.keeper.clone(going.slot)
                    return going, FOUND if going.mutation else -1
            time.sleep(0.005)

    def stop(self) -> None:
        for pid in self.going:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        if self.keeper is not None:
            self.keeper.close()

    # -- work -----------------------------------------------------------------------------------------------------

    def learn(self, modules: Sequence[Module]) -> None:
        """Which tests execute which lines; a module whose tests need Django is tried again with it."""
        waiting = [module for module in modules if module.tests]
        while waiting or self.going:
            while waiting and len(self.going) < self.workers:
                self.start(waiting.pop(0), None, None, 900)
            going, code = self.next_end()
            module = going.module
            if code == MISSED:
                report = json.loads(going.job.report.read_text())
                module.lines = {name: set(lines) for name, lines in report["lines"].items()}
                module.seconds = report["seconds"]
            elif not module.needs_database:
                module.needs_database = True
                waiting.append(module)
            else:
                module.problem = going.job.output.read_text()[-3000:]

    def try_all(self, modules: Sequence[Module]) -> Iterator[Module]:
        """Run every wanted mutant; modules come out as they are done. Those without a database go first."""
        ordered = sorted((m for m in modules if not m.problem), key=lambda m: m.needs_database)
        work = [(module, mutation) for module in ordered for mutation in module.wanted]
        left = Counter(module.path for module, _ in work)
        yield from (module for module in ordered if not module.wanted)
        while work or self.going:
            late = self.deadline is not None and time.monotonic() > self.deadline
            while work and not late and len(self.going) < self.workers:
                module, mutation = work.pop(0)
                chosen = module.tests_for(mutation)
                if chosen:
                    alone = sum(module.seconds.get(name, 0) for name in chosen)
                    self.start(module, mutation, chosen, (20 if module.needs_database else 8) + 8 * alone)
                    continue
                module.survivors.append((mutation, "no test executes it"))
                module.done += 1
                left[module.path] -= 1
                if not left[module.path]:
                    yield module
            if not self.going:
                if late:
                    return
                continue
            going, code = self.next_end()
            assert going.mutation is not None
            module = going.module
            module.done += 1
            left[module.path] -= 1
            if code == MISSED:
                module.survivors.append((going.mutation, f"{len(going.job.chosen or ())} tests pass"))
            elif going.job.report.exists():
                found_by = json.loads(going.job.report.read_text() or "{}").get("found_by", "")
                module.finds[going.mutation.function][found_by] += 1
            if not left[module.path]:
                yield module


def prepare() -> None:
    """Import once what each child needs and no mutation can reach."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from django.conf import settings

    assert settings.configured or settings.INSTALLED_APPS
    for name in HEAVY:
        importlib.import_module(name)
    mutated = {path.removesuffix(".py").replace("/", ".") for path in targets()}
    assert not mutated & set(sys.modules), mutated & set(sys.modules)
    gc.freeze()


# -- what to try ------------------------------------------------------------------------------------------------------


def load(only: str) -> list[Module]:
    found = []
    for path, tests in sorted(targets().items()):
        if only in path:
            source = (ROOT / path).read_bytes()
            found.append(Module(path, [t for t in tests if (ROOT / t).exists()], source, mutations_of(source)))
    return found


def changed_lines(since: str) -> dict[str, set[int]]:
    """Lines of each file that are not as they were at a revision, uncommitted ones included."""
    text = subprocess.run(
        ["git", "diff", "--unified=0", "--no-color", since, "--", "*.py", "*.toml"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found: dict[str, set[int]] = defaultdict(set)
    path = ""
    for line in text.splitlines():
        if line.startswith("+++ "):
            path = line[6:]
            found[path] = set()
        elif match := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first, count = int(match[1]), int(match[2] or 1)
            found[path] |= set(range(first, first + max(count, 1)))
    return found


def choose(modules: Sequence[Module], since: str | None) -> None:
    """All mutants; or those in functions that a change touches, and of modules whose tests it touches."""
    changed = changed_lines(since) if since else {}
    for module in modules:
        module.wanted = module.mutations
        if since and not any(test in changed for test in module.tests):
            lines = changed.get(module.path, set())
            touched = {
                mutation.function
                for mutation in module.mutations
                if lines & set(range(mutation.lines[0], mutation.lines[1] + 1))
            }
            module.wanted = [mutation for mutation in module.mutations if mutation.function in touched]


# -- what is said -----------------------------------------------------------------------------------------------------


def explanations() -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], str] = {}
    if EXPLAINED.exists():
        for entry in tomllib.loads(EXPLAINED.read_text()).get("survivor", []):
            for what in [entry["mutation"]] if isinstance(entry["mutation"], str) else entry["mutation"]:
                found[entry["module"], entry["function"], what] = entry["reason"]
    return found


def report(modules: Sequence[Module]) -> bool:
    """Print the result. True if nothing is left to do."""
    explained = explanations()
    fine = True
    print(f"\n{'module':44} {'mutants':>8} {'tried':>6} {'survive':>8} {'explained':>10} {'left':>5}")
    for module in modules:
        mine = {key: reason for key, reason in explained.items() if key[0] == module.path}
        survivors = {(module.path, m.function, m.what): why for m, why in module.survivors}
        left = {key: why for key, why in survivors.items() if key not in mine}
        tried = {(module.path, m.function, m.what) for m in module.wanted[: module.done]}
        known = {(module.path, m.function, m.what) for m in module.mutations}
        wrong = [key for key in mine if key not in known or (key in tried and key not in survivors)]
        print(
            f"{module.path:44} {len(module.mutations):8} {module.done:6} {len(survivors):8} "
            f"{len(survivors) - len(left):10} {len(left):5}"
        )
        for (_, function, what), why in left.items():
            print(f"    survives: {function}: {what}   ({why})")
        for _, function, what in wrong:
            print(f"    explained, but found or gone: {function}: {what}")
        if module.problem:
            print("    the tests fail without any mutation:\n" + module.problem)
        fine = fine and not left and not wrong and not module.problem
    gone = {path for path, _, _ in explained} - set(targets())
    for path in sorted(gone):
        print(f"explained, but no target: {path}")
    return fine and not gone


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make mutants", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", default="", help="modules whose path contains this")
    parser.add_argument("--since", help="only what changed since this revision")
    parser.add_argument("--seconds", type=float, help="stop after this time, and say what was not tried")
    parser.add_argument("--workers", type=int, default=2, choices=(1, 2, 3, 4))
    parser.add_argument("--list", action="store_true", help="show the mutations, try none")
    given = parser.parse_args()
    begun = time.monotonic()
    modules = load(given.only)
    choose(modules, given.since or None)
    modules = [module for module in modules if module.wanted]
    if given.list:
        for module in modules:
            for mutation in module.wanted:
                print(f"{module.path}: {mutation.function}: {mutation.what}")
        return 0
    if not modules:
        print("Nothing that is mutated has changed.")
        return 0
    prepare()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        runner = Runner(given.workers, Path(folder), begun + given.seconds if given.seconds else None)
        try:
            runner.learn(modules)
            for module in runner.try_all(modules):
                print(
                    f"{time.monotonic() - begun:6.0f} s  {module.path}: {module.done} tried, "
                    f"{len(module.survivors)} survive",
                    flush=True,
                )
        finally:
            runner.stop()
    fine = report(modules)
    skipped = {module.path: len(module.wanted) - module.done for module in modules if module.done < len(module.wanted)}
    if skipped:
        print("Not tried for want of time: " + ", ".join(f"{path} ({count})" for path, count in skipped.items()))
    tried, survive = sum(m.done for m in modules), sum(len(m.survivors) for m in modules)
    print(f"{tried} mutants tried in {time.monotonic() - begun:.0f} s, {tried - survive} found, {survive} survive.")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
