"""Reading pages in tests: their text, their rows, what they cost."""

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from office.models import User

_BLOCKS = "article|dd|div|dl|dt|fieldset|form|h[1-6]|legend|li|nav|ol|option|p|section|t[dhr]|table|tbody|thead|ul"


def text(response: Any) -> str:
    """The HTML of a page with the white space that a browser shows: one space, none at the edge of a block."""
    found = re.sub(r"[ \n]+", " ", response.content.decode()).replace("&nbsp;", "\u00a0")
    return re.sub(rf" ?(</?(?:{_BLOCKS})\b[^>]*>) ?", r"\1", found)


def plain(response: Any) -> str:
    """The page with ordinary spaces: French typography puts others before signs and inside numbers."""
    return text(response).replace("\u00a0", " ").replace("\u202f", " ")


def words(response: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", plain(response)).split())


def listed(response: Any) -> list[str]:
    """The references of a list's rows, in order."""
    return [row.reference for row in response.context["page"]]


def cost(client: Client, url: str) -> int:
    """How many queries the page takes, once the session is warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def signed_in(user: User) -> Client:
    """A client that `user` is signed in with."""
    client = Client()
    client.force_login(user)
    return client
