"""Pages that everybody may see: signing in, and what is said when something is wrong."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.csrf import csrf_failure

PROBLEMS = {
    "400.html": "Rien n’a été enregistré",
    "403.html": "demandez à l’administration",
    "403_csrf.html": "Rien n’a été enregistré",
    "404.html": "Cette page n’existe pas",
    "500.html": "rien n’a été fait à moitié",
}


@pytest.mark.parametrize(("name", "sentence"), PROBLEMS.items())
def test_a_problem_page_needs_nothing(name: str, sentence: str) -> None:
    shown = render_to_string(name)
    assert sentence in shown
    assert '<html lang="fr">' in shown
    assert shown.count("<h1") == 1
    assert 'href="/"' in shown


def test_a_refusal_says_its_reason() -> None:
    shown = render_to_string("403.html", {"exception": "Seule la direction signe ce versement."})
    assert "Seule la direction signe" in shown
    assert "demandez à l’administration" not in shown


@pytest.mark.django_db
def test_an_expired_form_is_explained_in_french() -> None:
    response = csrf_failure(RequestFactory().post("/x/"), reason="CSRF token missing.")
    assert response.status_code == 403
    assert "Cet envoi a expiré" in response.content.decode()


@pytest.mark.django_db
class TestSignIn:
    def test_the_page(self, client: Client) -> None:
        page = client.get(reverse("account_login"), {"next": "/menages/"})
        shown = page.content.decode()
        assert page.status_code == 200
        assert "<h1>Connexion</h1>" in shown
        assert 'name="next" value="/menages/"' in shown
        assert 'autocomplete="current-password"' in shown
        assert "is-invalid" not in shown

    def test_a_wrong_password_is_said_without_saying_which(self, client: Client) -> None:
        page = client.post(reverse("account_login"), {"login": "qui@x.example", "password": "jamais"})
        shown = page.content.decode()
        assert 'role="alert"' in shown
        assert 'aria-invalid="true"' in shown
        assert 'value="qui@x.example"' in shown
        assert "jamais" not in shown

    @pytest.mark.parametrize(
        ("name", "heading"),
        [
            ("account_reset_password", "Mot de passe oublié"),
            ("account_reset_password_done", "Regardez vos courriels"),
            ("account_reset_password_from_key_done", "Mot de passe changé"),
            ("account_inactive", "Ce compte est fermé"),
            ("account_signup", "Les comptes sont ouverts par l’administration"),
        ],
    )
    def test_pages_around_it(self, client: Client, name: str, heading: str) -> None:
        page = client.get(reverse(name))
        assert re.search(f"<h1>{heading}</h1>", page.content.decode())

    def test_a_used_link_is_explained(self, client: Client) -> None:
        page = client.get(reverse("account_reset_password_from_key", args=["1", "abc-def"]))
        assert "Ce lien ne sert plus" in page.content.decode()

    def test_nothing_inline(self, client: Client) -> None:
        page = client.get(reverse("account_login"))
        shown = page.content.decode()
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", shown)
