"""Operations of the API that are done once: the header `Idempotency-Key`, and the answer of the first send."""

import inspect
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from pydantic import TypeAdapter

from office.access.requests import HouseRequest
from office.requests.services import Answer, digest_of, once
from office.requests.transport import content_of

View = Callable[..., Any]
KEY = "idempotency_key"


def sent_once(view: View, *, status: int, response: Any, key_type: Any) -> View:
    """`view`, done once for each key of a person. Its answer is shaped by `response` and kept as it was sent.

    `key_type`: the annotation of the header. It becomes a parameter of the operation, so that the OpenAPI document has
    it; `view` receives it only if it asks for it.
    """
    signature = inspect.signature(view)
    wants_key = KEY in signature.parameters
    adapter: TypeAdapter[Any] = TypeAdapter(response)

    @wraps(view)
    def answered(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key: UUID = kwargs[KEY] if wants_key else kwargs.pop(KEY)

        def write() -> Answer:
            shown = adapter.validate_python(view(request, *args, **kwargs), from_attributes=True)
            return Answer(status, json.dumps(adapter.dump_python(shown, mode="json"), ensure_ascii=False))

        user_id = request.actor.user_id
        assert user_id is not None, "an operation lets in who signed in only"
        answer = once(
            user_id=user_id,
            key=key,
            operation=view.__name__,
            digest=digest_of(content_of(request)),
            write=write,
        )
        assert answer is not None
        return HttpResponse(answer.text, status=answer.status, content_type="application/json; charset=utf-8")

    if not wants_key:
        parameter = inspect.Parameter(KEY, inspect.Parameter.KEYWORD_ONLY, annotation=key_type)
        answered.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*signature.parameters.values(), parameter]
        )
    return answered
