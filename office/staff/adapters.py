"""How people sign in: accounts are made by the administrator, never by a visitor."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest

from office.access.services.tokens import end_tokens


class ClosedSignupAdapter(DefaultAccountAdapter):
    """No sign-up page; a new password ends the tokens."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    @transaction.atomic
    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Changed or chosen by a link: the sessions of before end by Django, the tokens here."""
        super().set_password(user, password)
        end_tokens(user_id=user.pk)
