"""The secrets of second factors: sealed in the database, opened by each key, sealed again by the first."""

import importlib
import logging
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from office.staff.sealing import seal, seal_again, unseal
from tests.factories import make_user
from tests.pages import plain

pytestmark = pytest.mark.django_db


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def kept() -> str:
    return " ".join(str(row.data) for row in Authenticator.objects.order_by("pk"))


def test_the_database_holds_neither_secret_nor_seed_and_the_codes_are_good() -> None:
    user, secret = make_user(), generate_totp_secret()
    factor, codes = TOTP.activate(user, secret), RecoveryCodes.activate(user)
    assert secret not in kept()
    assert unseal(codes.instance.data["seed"]) not in kept()
    assert factor.validate_code(code_of(secret))
    assert RecoveryCodes(Authenticator.objects.get(pk=codes.instance.pk)).validate_code(codes.get_unused_codes()[0])


def test_the_same_secret_is_sealed_otherwise_each_time() -> None:
    assert seal("secret") != seal("secret")


def test_a_secret_written_in_clear_is_no_factor(caplog: Any) -> None:
    with pytest.raises(ValidationError, match="clé de cette installation"), caplog.at_level(logging.ERROR):
        unseal(generate_totp_secret())
    assert "ANCRAGE_MFA_KEYS" in caplog.text


def test_a_key_is_changed_while_everybody_keeps_his_factor(settings: Any) -> None:
    settings.MFA_KEYS = ["former"]
    user, secret = make_user(), generate_totp_secret()
    factor = TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    settings.MFA_KEYS = ["new", "former"]
    assert factor.validate_code(code_of(secret))
    call_command("seal_second_factors")
    settings.MFA_KEYS = ["new"]
    with pytest.raises(ValidationError):  # that was for show
        unseal(Authenticator.objects.get(type="totp").data["secret"])
    settings.MFA_KEYS = ["new", "former"]
    assert seal_again() == 2
    settings.MFA_KEYS = ["new"]
    assert unseal(Authenticator.objects.get(type="totp").data["secret"]) == secret


def test_with_a_key_that_lacks_nothing_is_sealed_again(settings: Any) -> None:
    settings.MFA_KEYS = ["former"]
    TOTP.activate(make_user(), generate_totp_secret())
    before = kept()
    settings.MFA_KEYS = ["new"]
    with pytest.raises(CommandError, match="ajoutez l’ancienne"):
        call_command("seal_second_factors", "--wet-run")
    assert kept() == before


def test_who_signs_in_under_a_lost_key_is_told(settings: Any) -> None:
    cache.clear()
    user, secret = make_user(email="p.morvan@ponton.test"), generate_totp_secret()
    user.set_password("un-bateau-bien-amarre")
    user.save()
    TOTP.activate(user, secret)
    settings.MFA_KEYS = ["another"]
    client = Client()
    client.post("/compte/login/", {"login": user.email, "password": "un-bateau-bien-amarre"})
    page = client.post("/compte/2fa/authenticate/", {"code": code_of(secret)})
    assert "la clé de cette installation a changé" in plain(page)


def test_what_stood_in_clear_is_sealed_by_the_migration_and_opened_by_its_way_back() -> None:
    migration = importlib.import_module("office.migrations.0020_sealed_factors")
    user, secret = make_user(), generate_totp_secret()
    row = Authenticator.objects.create(user=user, type="totp", data={"secret": secret})
    other = Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "ab" * 40, "used_mask": 3})
    for _ in range(2):
        migration.seal(apps, None)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (unseal(row.data["secret"]), unseal(other.data["seed"])) == (secret, "ab" * 40)
    assert other.data["used_mask"] == 3
    migration.open_again(apps, None)
    row.refresh_from_db()
    assert row.data == {"secret": secret}
    with pytest.raises(InvalidToken):
        migration.open_again(apps, None)
