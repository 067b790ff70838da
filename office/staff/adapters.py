"""How people sign in: by an account that the administration made. Each sign-in is kept, done or refused; what a second
factor rests on is sealed."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from office.access.actor import Actor
from office.access.codes import SignInOutcome
from office.access.idle import mark_used
from office.access.matrix import Data
from office.access.services.access_log import log_access
from office.access.services.sign_ins import log_sign_in, user_of
from office.access.services.tokens import end_tokens
from office.staff.models import User
from office.staff.sealing import seal, unseal


class ClosedSignupAdapter(DefaultAccountAdapter):
    """No sign-up page; a new password ends the tokens."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    @transaction.atomic
    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Changed or chosen by a link: the sessions of before end by Django, the tokens here."""
        super().set_password(user, password)
        end_tokens(user_id=user.pk)
        log_access(actor=Actor.of(cast("User", user)), subject=Data.STAFF, obj=user, reason="mot de passe choisi")

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Past the password and, where there is one, the second factor."""
        super().login(request, user)
        mark_used(request.session)
        log_sign_in(outcome=SignInOutcome.DONE, user=user, address=self.get_client_ip(request))

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        if not user.is_active:
            log_sign_in(outcome=SignInOutcome.CLOSED, user=user, address=self.get_client_ip(request))
        return super().pre_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password. Where nobody has the address, it is not kept: a password may have been typed there."""
        user = user_of(str(credentials.get("email") or credentials.get("username") or ""))
        outcome = SignInOutcome.PASSWORD if user else SignInOutcome.UNKNOWN
        log_sign_in(outcome=outcome, user=user, address=self.get_client_ip(request))


class ActivateCodeForm(ActivateTOTPForm):
    """The code that switches the second factor on serves once: a sign-in asks for the next one."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        TOTP(Authenticator(user=self.user, type=Authenticator.Type.TOTP))._mark_code_used(code)
        return code


class CodeForm(AuthenticateForm):
    """The code of the second factor."""

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        request = context.request
        log_sign_in(outcome=SignInOutcome.FACTOR, user=self.user, address=get_adapter().get_client_ip(request))
        super()._emit_authentication_failed(authenticator)


class SealedFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
