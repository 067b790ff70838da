"""Words for tests that open pages of the office."""

from typing import Any

from django.urls import reverse

from tests.pages import text


def url_of(name: str, *args: Any) -> str:
    return reverse(f"office:{name}", args=args)


def text_of(answer: Any) -> str:
    return text(answer)
