"""How a page answers an action: done, or refused in the words of the service."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest

from common.errors import DomainError, NotAllowed


def said(form: BaseForm) -> str:
    """The first error of a form, for an action without a page of its own."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        return f"{label} : {errors[0]}" if label else str(errors[0])
    return "Vérifiez ce que vous avez saisi."


def attempt(request: HttpRequest, call: Callable[[], object], *, done: str) -> bool:
    """Run `call`; tell the person that it is done, or why it was refused. Forbidden: 403."""
    try:
        call()
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except DomainError as error:
        messages.error(request, error.message)
        return False
    messages.success(request, done)
    return True


def refuse(form: BaseForm, error: DomainError) -> None:
    """Put the service's refusal on its field, or on top of the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
