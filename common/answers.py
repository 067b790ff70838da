"""Answers of a page: a message after an action without a form, or a part of the page."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from common.errors import DomainError, NotAllowed
from common.reasons import Reason, question_of


def carry_out(request: HttpRequest, call: Callable[[], object], *, done: str) -> bool:
    """Run `call`, then show a message: that it is done, or why it was refused. `NotAllowed` becomes a 403."""
    try:
        call()
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except DomainError as error:
        messages.error(request, error.message)
        return False
    messages.success(request, done)
    return True


def part(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, back: tuple[str, str]
) -> HttpResponse:
    """What htmx puts inside a page. Opened by its own address, it is a page: `title`, and `back` (label, address), the
    page that it explains.
    """
    if request.htmx:  # type: ignore[attr-defined]
        response = render(request, template, context)
    else:
        response = render(request, "common/part.html", {**context, "part": template, "title": title, "back": back})
    patch_vary_headers(response, ["HX-Request"])
    return response


def why(request: HttpRequest, reason: Reason, *, back: tuple[str, str]) -> HttpResponse:
    """The body of the popover of an amount (`{% why amount url=… %}`), or its own page."""
    return part(request, "common/includes/why.html", {"reason": reason}, title=question_of(reason.amount), back=back)
