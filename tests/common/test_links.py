"""Addresses by url name: resolved once, the same as `reverse` gives."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings
from django.urls import NoReverseMatch, URLResolver, get_resolver, include, path, reverse, set_script_prefix

from common.links import link, links_by_id
from common.templatetags.lists import lien

_ROWS = (
    [
        path("lignes/<int:pk>/", lambda request: None, name="line"),  # type: ignore[arg-type,return-value]
        path("lignes/<int:pk>/mot/<str:word>/", lambda request: None, name="word"),  # type: ignore[arg-type,return-value]
        path("mots/<str:word>", lambda request: None, name="bare"),  # type: ignore[arg-type,return-value]
    ],
    "rows",
)
urlpatterns = [path("", include(_ROWS, namespace="rows"))]


@override_settings(ROOT_URLCONF=__name__)
def test_an_address_is_what_django_resolves() -> None:
    for pk in (0, 7, 1204):
        assert link("rows:line", pk) == links_by_id("rows:line")(pk) == lien(pk, "rows:line") == f"/lignes/{pk}/"
    assert link("rows:word", 3, "é") == reverse("rows:word", args=[3, "é"])
    assert link("rows:bare", 12) == "/mots/12"
    assert link("rows:line", 3, compte=4) == "/lignes/3/?compte=4"


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("name", "args"), [("rows:nothing", (3,)), ("rows:line", (-3,)), ("rows:line", (None,))])
def test_a_page_that_does_not_exist_is_an_error(name: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(NoReverseMatch):
        link(name, *args)
    with pytest.raises(NoReverseMatch):
        links_by_id("rows:nothing")


def test_what_was_resolved_elsewhere_is_not_given_here() -> None:
    with pytest.raises(NoReverseMatch):
        link("rows:line", 3)
    with override_settings(ROOT_URLCONF=__name__):
        set_script_prefix("/ancrage/")
        try:
            assert link("rows:line", 3) == "/ancrage/lignes/3/"
        finally:
            set_script_prefix("/")
        assert link("rows:line", 3) == "/lignes/3/"


# Written with the name of a page: what a `{% url %}` of a branch that no test renders would tell too late.
ROOT = Path(settings.BASE_DIR)
_NAMES = (
    r"""\b(?:link|links_by_id|reverse|reverse_lazy|redirect)\(\s*"([a-z_]+:[a-z_]+)\"""",
    r"""{%\s*url\s+["']([a-z_]+:[a-z_]+)["']""",
    r"""\|lien:"([a-z_]+:[a-z_]+)\"""",
)


def _names() -> Iterator[tuple[str, str]]:
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path).rglob("*.*")):
            if file.suffix in (".py", ".html") and file.is_relative_to(ROOT) and ".venv" not in file.parts:
                for pattern in _NAMES:
                    yield from ((name, str(file.relative_to(ROOT))) for name in re.findall(pattern, file.read_text()))


def _page_names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _page_names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield prefix + pattern.name


def test_every_page_that_the_code_names_exists() -> None:
    pages, named = set(_page_names(get_resolver())), set(_names())
    assert len(named) > 150
    assert not [(name, where) for name, where in named if name not in pages]
