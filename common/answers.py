"""Answers of a page: what a service made of a POST, a message about it, or a part of the page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django_htmx.http import HttpResponseClientRedirect

from common.errors import Asked, DomainError, NotAllowed, UnreadableFile
from common.forms import AnsweringForm
from common.reasons import Reason, question_of

T = TypeVar("T")
_beforehand: ContextVar[DomainError | None] = ContextVar("refused_beforehand", default=None)


@contextmanager
def refused_beforehand(refusal: DomainError) -> Iterator[None]:
    """Every `attempt` inside answers `refusal` and calls nothing: a view shows its form again, as it was filled."""
    token = _beforehand.set(refusal)
    try:
        yield
    finally:
        _beforehand.reset(token)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """What came of a service called by a page. True where it did its work; False where it refused, or where the form
    was not sent or not valid, so that it was not called.
    """

    result: T | None = None
    is_done: bool = False
    refusal: DomainError | None = None
    form: BaseForm | None = None

    def __bool__(self) -> bool:
        return self.is_done

    @property
    def value(self) -> T:
        """What the service returned, where it did its work."""
        assert self.is_done
        return cast(T, self.result)

    @property
    def errors(self) -> list[str]:
        """Why it was refused, in French: a line for each problem of a file, else one."""
        if isinstance(self.refusal, UnreadableFile):
            return self.refusal.errors
        return [self.error] if self.error else []

    @property
    def error(self) -> str:
        """Why it was refused, in one French sentence; empty where the service did its work."""
        if self.refusal is not None:
            return self.refusal.message
        return first_error(self.form) if self.form is not None and self.form.errors else ""

    def tell(self, request: HttpRequest, done: str | Callable[[T], str] = "") -> None:
        """Show a message: `done` (or what it makes of the value; without it nothing), or why not."""
        if self.is_done and done:
            messages.success(request, done if isinstance(done, str) else done(self.value))
        if self.error:
            messages.error(request, self.error)


def attempt(call: Callable[[], T], form: BaseForm | None = None) -> Attempt[T]:
    """Call a service if `form` (where there is one) was sent and is valid. The one place where a page is refused.

    A refusal goes to the field of the form that it names, else on top of the form. `NotAllowed` becomes a 403. Where
    `call` uses several services, it opens the transaction that holds them together.
    """
    beforehand = _beforehand.get()
    if beforehand is not None:
        if form is not None and form.is_bound:
            form.add_error(None, beforehand.message)
        return Attempt(refusal=beforehand, form=form)
    if form is not None and not form.is_valid():
        return Attempt(form=form)
    try:
        return Attempt(call(), is_done=True, form=form)
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except DomainError as refusal:
        if form is not None:
            if isinstance(refusal, Asked) and isinstance(form, AnsweringForm):
                form.ask(refusal.marks)
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return Attempt(refusal=refusal, form=form)


def tell_done(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say at the foot of the window what was done. `undo`: the address that takes it back when it is posted to; it
    returns to the page of the field `retour`.
    """
    messages.success(request, text, extra_tags=undo)


def first_error(form: BaseForm) -> str:
    """The first error of a form, for an action without a page of its own."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        return f"{label} : {errors[0]}" if label else str(errors[0])
    return "Vérifiez ce que vous avez saisi."


def status_of(*forms: BaseForm | None) -> int:
    """The HTTP status of a page with these forms: 422 where what was typed is refused, else 200."""
    return 422 if any(form is not None and form.is_bound and form.errors for form in forms) else 200


EACH = "Ancrage-Each"
"""Header of a file that leaves with others (`drop.js`): it is told what became of it, no page is shown."""


def leads_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a view whose form leaves with its progress (`{% drops %}`): where it redirects, the browser goes itself.

    htmx would follow the redirect, and the page that it finds has other scripts, its own address and the messages. One
    of several files is told as JSON where its page is (`to`) and the messages that this page would show (`told`).
    """

    @wraps(view)
    def leading(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if EACH in request.headers and isinstance(response, HttpResponseRedirect):
            told = [str(message) for message in messages.get_messages(request)]
            return JsonResponse({"to": response.url, "told": told})
        if getattr(request, "htmx", False) and isinstance(response, HttpResponseRedirect):
            return HttpResponseClientRedirect(response.url)
        return response

    return leading


def file_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, form: BaseForm, errors: Sequence[str]
) -> HttpResponse:
    """The page of a form that takes a file, 422 where the file (`errors`, in French) or a field is refused. One of
    several files is told why as JSON (`errors`)."""
    refused = [*errors, *(str(error) for field in form.errors.values() for error in field)] if form.is_bound else []
    if refused and EACH in request.headers:
        return JsonResponse({"errors": refused}, status=422)
    return render(request, template, {**context, "form": form, "errors": errors}, status=422 if refused else 200)


def part(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, back: tuple[str, str]
) -> HttpResponse:
    """What htmx puts inside a page. Opened by its own address, it is a page: `title`, and `back` (label, address), the
    page that it explains.
    """
    if getattr(request, "htmx", False):
        response = render(request, template, context)
    else:
        response = render(request, "common/part.html", {**context, "part": template, "title": title, "back": back})
    patch_vary_headers(response, ["HX-Request"])
    return response


def panel(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, back: tuple[str, str]
) -> HttpResponse:
    """What opens beside the page where a link to it is followed (`common/panel.js`): the proof of a row. Opened by its
    own address, it is a page, as a `part` is.
    """
    if not getattr(request, "htmx", False):
        return part(request, template, context, title=title, back=back)
    response = render(request, "common/includes/panel.html", {**context, "part": template, "title": title})
    patch_vary_headers(response, ["HX-Request"])
    return response


def why(request: HttpRequest, reason: Reason, *, back: tuple[str, str]) -> HttpResponse:
    """The body of the popover of an amount (`{% why amount url=… %}`), or its own page."""
    return part(request, "common/includes/why.html", {"reason": reason}, title=question_of(reason.amount), back=back)


def paper(name: str, content: bytes, *, is_saved: bool = True) -> HttpResponse:
    """A PDF that no cache keeps: saved under `name`, or opened beside the page."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(is_saved, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
