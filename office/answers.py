"""What a POST answers here: a service's refusal as a message or on its field, then back to the page."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect

from common.errors import DomainError, NotAllowed
from common.forms import attempt

T = TypeVar("T")


def submitted(form: forms.BaseForm, call: Callable[[], T]) -> T | None:
    """What the service answers to a valid form; None where the form or the service refused (the form says it)."""
    return attempt(form, call) if form.is_valid() else None


def done(request: HttpRequest, call: Callable[[], object], said: str, to: str, *args: Any) -> HttpResponseRedirect:
    """Run a service; say `said`, or why it was refused; go to the page `to`. What a role may not do is a 403."""
    try:
        call()
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return redirect(to, *args)
