"""Addresses by url name: resolved once, the same as `reverse` gives."""

from django.test import override_settings
from django.urls import include, path, reverse, set_script_prefix

from common.links import link, links_by_id
from common.templatetags.ancrage import lien

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
def test_a_page_that_does_not_exist_has_none() -> None:
    assert link("rows:nothing", 3) == link("rows:line", -3) == link("rows:line", None) == ""
    assert link("rows:nothing", compte=4) == ""
    assert links_by_id("rows:nothing")(3) == ""


def test_what_was_resolved_elsewhere_is_not_given_here() -> None:
    assert link("rows:line", 3) == ""
    with override_settings(ROOT_URLCONF=__name__):
        set_script_prefix("/ancrage/")
        try:
            assert link("rows:line", 3) == "/ancrage/lignes/3/"
        finally:
            set_script_prefix("/")
        assert link("rows:line", 3) == "/lignes/3/"
