"""SMS through Octopush (dev.octopush.com, SMS API, « Send SMS »), by HTTP.

`POST /v1/public/sms-campaign/send` with the headers `api-key` and `api-login`. `request_id` is our key: Octopush
refuses the same one again for 24 hours (code 120), which tells us that the first try arrived. It answers 201 with
`sms_ticket`, by which its reports of delivery name the message.

A report is a POST of JSON to an address that the account is set up with; Octopush signs nothing, so the address holds
a secret (`ANCRAGE_OCTOPUSH_HOOK`).
"""

import http.client
import json
import re
import ssl
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from office.messages.codes import Outcome
from office.messages.models import Message
from office.messages.providers.base import AlreadyTaken, ProviderError, Refused, TryLater, Unknown

PATH = "/v1/public/sms-campaign/send"
TIMEOUT = 20
NO_CONNECTION = "Octopush ne répond pas."
LOST = "La liaison avec Octopush s’est coupée pendant l’envoi."
TAKEN = 120
"""« A SMS with the same request_id has already been sent. »"""
# Octopush's return codes that no later try changes: text or number are what is wrong.
FOR_EVER = {
    102: "Octopush refuse ce texte : il est trop long.",
    103: "Octopush refuse ce numéro.",
    107: "Octopush refuse ce texte : il est vide.",
    110: "Octopush refuse ce numéro.",
    117: "Octopush refuse ce numéro.",
    119: "Octopush refuse ce texte : il est trop long.",
}
OUTCOMES = {
    "DELIVERED": Outcome.DELIVERED,
    "READ": Outcome.DELIVERED,
    "NOT_DELIVERED": Outcome.FAILED,
    "NOT_ALLOWED": Outcome.FAILED,
    "BAD_DESTINATION": Outcome.FAILED,
    "BLACKLISTED_NUMBER": Outcome.FAILED,
}
"""What their reports say. Anything else (ACK, UNKNOWN_DELIVERY, UNDEFINED) decides nothing."""
# Signs outside the GSM alphabet make an SMS two or three times as long.
MAX_NESTED = 100
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""An escaped NUL in a text of JSON, and no backslash before « u0000 »."""
_PLAIN = str.maketrans({"’": "'", "\u00a0": " ", "\u202f": " ", "–": "-", "…": "...", "«": '"', "»": '"'})


class OctopushProvider:
    name = "octopush"
    key_life: timedelta | None = timedelta(hours=23)
    """An hour less than they say: one is on its way for a while."""

    def send(self, message: Message) -> str:
        content = {
            "recipients": [{"phone_number": message.address}],
            "text": message.body.translate(_PLAIN),
            "type": "sms_premium",
            "purpose": "alert",
            "sender": settings.OCTOPUSH_SENDER,
            "request_id": message.send_key,
        }
        status, answer = self._post(content)
        if status in (200, 201):
            return str(answer.get("sms_ticket") or "")
        raise self._refusal(status, answer)

    @staticmethod
    def _post(content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of the answer (empty where it is none)."""
        place = urlsplit(settings.OCTOPUSH_URL)
        assert place.hostname is not None
        server: http.client.HTTPConnection
        if place.scheme == "https":
            context = ssl.create_default_context()
            server = http.client.HTTPSConnection(place.hostname, place.port, timeout=TIMEOUT, context=context)
        else:
            server = http.client.HTTPConnection(place.hostname, place.port, timeout=TIMEOUT)
        headers = {
            "Content-Type": "application/json",
            "api-key": settings.OCTOPUSH_KEY,
            "api-login": settings.OCTOPUSH_LOGIN,
        }
        try:
            try:
                server.connect()
            except OSError as error:
                raise TryLater(NO_CONNECTION) from error
            try:
                server.request("POST", PATH, json.dumps(content), headers)
                answer = server.getresponse()
                text = answer.read(100_000)
            except (OSError, http.client.HTTPException) as error:
                raise Unknown(LOST) from error
        finally:
            server.close()
        try:
            found = json.loads(text)
        except ValueError:
            found = {}
        return answer.status, found if isinstance(found, dict) else {}

    @staticmethod
    def _refusal(status: int, answer: dict[str, Any]) -> ProviderError:
        code = str(answer.get("code", ""))
        number = int(code) if code.isdecimal() else 0
        if number == TAKEN:
            return AlreadyTaken()
        if number in FOR_EVER:
            return Refused(FOR_EVER[number])
        if status >= 500:
            # A gateway may answer so after its server took the message.
            return Unknown(LOST)
        # No credit, wrong key, too many requests, or a code that we don't know: ours to mend, not the household's.
        return TryLater(f"Octopush refuse l’envoi (code {number or status}).")


def read_body(body: bytes) -> dict[str, Any] | None:
    """The JSON of a report as it can be kept; None for anything else. A report is an object with a small one in it."""
    if body.count(b"[") + body.count(b"{") > MAX_NESTED:
        return None
    try:
        content = json.loads(body)
        # What PostgreSQL can't keep: NaN, half a sign, NUL.
        text = json.dumps(content, allow_nan=False, ensure_ascii=False)
        text.encode()
    except ValueError:
        return None
    return content if isinstance(content, dict) and not _NUL.search(text) else None


def read_report(content: dict[str, Any]) -> tuple[str, str, str, Outcome] | None:
    """Reference, state, day and outcome of a report of delivery; None for what is no report of an SMS."""
    reference, said = content.get("message_id"), content.get("status")
    if not isinstance(reference, str) or not reference or not isinstance(said, str) or not said:
        return None
    return reference, said, str(content.get("delivery_date") or ""), OUTCOMES.get(said, Outcome.PROGRESS)
