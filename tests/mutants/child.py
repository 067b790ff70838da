"""One run of some tests against one text of a module, in a process forked for it."""

import faulthandler
import importlib.machinery
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

FOUND, MISSED, BROKEN = 1, 0, 3


@dataclass(frozen=True, slots=True)
class Run:
    """What a child does. `source` None: the module as it is, and which of its lines each test executes is noted."""

    module: Path
    source: bytes | None
    files: tuple[str, ...]
    """Test files, relative to the root."""
    chosen: tuple[str, ...] | None
    """Node ids of the tests to run, in their order; None: all of `files`."""
    database: str
    """Name of a prepared database that only this child uses; empty: tests without Django."""
    report: Path
    output: Path
    root: Path


@dataclass(eq=False)
class Coverage:
    """Executed lines of the module and seconds, by test."""

    path: str
    lines: dict[str, set[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    current: set[int] = field(default_factory=set)

    def trace(self, frame: FrameType, event: str, arg: object) -> Any:
        if frame.f_code.co_filename != self.path:
            return None
        self.current.add(frame.f_lineno)
        return self.line

    def line(self, frame: FrameType, event: str, arg: object) -> Any:
        if event == "line":
            self.current.add(frame.f_lineno)
        return self.line

    def enter(self, name: str) -> None:
        self.current = self.lines.setdefault(name, set())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        # What a fixture does may serve all tests of its file.
        self.enter(f"setup {item.nodeid.split('::')[0]}")
        yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        self.enter(item.nodeid)
        yield

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        self.enter(f"setup {item.nodeid.split('::')[0]}")
        yield


@dataclass(eq=False)
class Finder:
    """Says which test found the fault."""

    report: Path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.report.write_text(json.dumps({"found_by": report.nodeid}))


class Chosen:
    """Runs the chosen tests only, in their order; examples of Hypothesis are the same in each run."""

    def __init__(self, chosen: tuple[str, ...] | None) -> None:
        self.rank = None if chosen is None else {name: rank for rank, name in enumerate(chosen)}

    def pytest_configure(self, config: pytest.Config) -> None:
        # As a worker of xdist: who started this one holds the lock of the run.
        config.workerinput = {"workerid": ""}  # type: ignore[attr-defined]

    def pytest_sessionstart(self) -> None:
        import hypothesis

        # Found is found: no smaller example is looked for.
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None, phases=phases)
        hypothesis.settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # A mutated constant may be in the id of a parametrized test: another id is another test, and is run too.
        if self.rank is not None:
            known = self.rank
            if any(item.nodeid in known for item in items):
                items[:] = sorted((item for item in items if item.nodeid in known), key=lambda item: known[item.nodeid])


class WithoutDjango:
    """What pytest-django declares, where it is not loaded: a rule's tests need no app."""

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        for name in ("DJANGO_SETTINGS_MODULE", "django_find_project"):
            parser.addini(name, "unused here")

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "django_db: a test that has it is not run here")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if item.get_closest_marker("django_db"):
                raise pytest.UsageError(f"{item.nodeid} needs the database")


def run(job: Run) -> None:
    """Never returns: the process ends with `FOUND`, `MISSED` or `BROKEN`."""
    code = BROKEN
    try:
        _quiet(job.output)
        faulthandler.enable()
        code = _run(job)
    except BaseException:  # a mutated module may do anything on import
        import traceback

        traceback.print_exc()
        code = FOUND if job.source is not None else BROKEN
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _quiet(output: Path) -> None:
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)


def _serve(module: Path, source: bytes) -> None:
    """Whoever imports the module gets `source`."""
    code = compile(source, str(module), "exec", dont_inherit=True)
    original = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, name: str) -> CodeType | None:
        return code if self.path == str(module) else original(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


def _use(database: str) -> None:
    """The tests find their database made: it is cloned again only after a test that commits."""
    from tests.databases import TestDatabase

    def prepare(self: TestDatabase, *, rebuild: bool = False) -> None:
        from django.conf import settings
        from django.db import connection

        self.name = database
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database

    TestDatabase.prepare = prepare  # type: ignore[method-assign]
    TestDatabase.drop = lambda self: None  # type: ignore[method-assign]


def _run(job: Run) -> int:
    os.chdir(job.root)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    arguments = ["-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
    arguments += ["-p", "no:unraisableexception", "-p", "no:threadexception"]  # they collect garbage at each end
    arguments += ["-o", "addopts="]
    plugins: list[object] = [Chosen(job.chosen)]
    if job.database:
        arguments += ["-p", "pytest_django.plugin", "--fail-on-template-vars"]
        _use(job.database)
    else:
        plugins.append(WithoutDjango())
    coverage = None
    if job.source is not None:
        arguments.append("--tb=no")
        plugins.append(Finder(job.report))
        _serve(job.module, job.source)
    else:
        coverage = Coverage(str(job.module))
        arguments.remove("-x")
        coverage.enter("import")
        sys.settrace(coverage.trace)
        threading.settrace(coverage.trace)
    if coverage:
        plugins.append(coverage)
    begun = time.monotonic()
    code = pytest.main([*arguments, *job.files], plugins=plugins)
    sys.settrace(None)
    if coverage:
        job.report.write_text(
            json.dumps(
                {
                    "lines": {name: sorted(lines) for name, lines in coverage.lines.items()},
                    "seconds": coverage.seconds,
                    "took": time.monotonic() - begun,
                }
            )
        )
        return MISSED if code == 0 else BROKEN
    # No test collected: the module could not be imported as before.
    return MISSED if code == 0 else FOUND
