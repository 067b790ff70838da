"""The Octopush provider against a server on the loopback that speaks the documented format, and its reports."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client

from office.messages.codes import MessageState
from office.messages.models import DeliveryReport, Message
from office.messages.providers.base import AlreadyTaken, ProviderError, Refused, TryLater, Unknown
from office.messages.providers.octopush import OctopushProvider
from office.messages.worker import deliver
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


class Octopush:
    """Answers `answer` (status, JSON) to each request and keeps what it was sent. None cuts the connection."""

    def __init__(self) -> None:
        self.answer: tuple[int, object] | None = (201, {"sms_ticket": "sms_5fa275dbf21dc", "residual_credit": 9.9})
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append((self.path, dict(self.headers), body))
                if server.answer is None:
                    self.close_connection = True
                    return
                status, content = server.answer
                text = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: Any) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=[0.01], daemon=True).start()


@pytest.fixture
def octopush(settings: Any) -> Iterator[Octopush]:
    server = Octopush()
    settings.SMS_PROVIDER = "octopush"
    settings.OCTOPUSH_URL = f"http://127.0.0.1:{server.http.server_port}"
    settings.OCTOPUSH_LOGIN, settings.OCTOPUSH_KEY = "loyers@ponton.example", "cle"
    settings.OCTOPUSH_SENDER, settings.OCTOPUSH_HOOK = "Ponton", "secret-du-lien"
    yield server
    server.http.shutdown()
    server.http.server_close()


def test_what_is_asked_and_what_is_kept(octopush: Octopush) -> None:
    message = written()
    assert deliver() == 1
    [(path, head, body)] = octopush.asked
    assert path == "/v1/public/sms-campaign/send"
    assert (head["api-key"], head["api-login"]) == ("cle", "loyers@ponton.example")
    assert body == {
        "recipients": [{"phone_number": "+33611223344"}], "text": "Bonjour Mme Sarr.", "type": "sms_premium",
        "purpose": "alert", "sender": "Ponton", "request_id": message.send_key,
    }  # fmt: skip
    message.refresh_from_db()
    assert (message.state, message.provider, message.provider_ref) == (
        MessageState.SENT, "octopush", "sms_5fa275dbf21dc",
    )  # fmt: skip


def test_signs_that_would_double_the_price_are_made_plain(octopush: Octopush) -> None:
    message = written()
    message.body = "L’heure\u00a0: 9\u202fh – «\u00a0là\u00a0»…"
    OctopushProvider().send(message)
    assert octopush.asked[0][2]["text"] == 'L\'heure : 9 h - " là "...'


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((400, {"code": 120, "message": "A SMS with the same request_id has already been sent."}), AlreadyTaken),
        ((400, {"code": "117", "message": "Your recipient list contains no correct numbers."}), Refused),
        ((400, {"code": 102}), Refused),
        ((402, {"code": 104, "message": "You have run out of credit."}), TryLater),
        ((401, {"code": 101, "message": "Incorrect login details."}), TryLater),
        ((400, {"code": 999}), TryLater),
        ((429, b"slow down"), TryLater),
        ((400, [1]), TryLater),
        ((500, {"message": "oops"}), Unknown),
        ((502, b"<html>"), Unknown),
        (None, Unknown),
    ],
)
def test_which_refusals_are_for_ever(octopush: Octopush, answer: Any, error: type[ProviderError]) -> None:
    octopush.answer = answer
    message = written()
    with pytest.raises(error) as raised:
        OctopushProvider().send(message)
    assert message.address not in str(raised.value)
    assert "cle" not in str(raised.value)


def test_without_a_connection_it_surely_did_not_leave(octopush: Octopush, settings: Any) -> None:
    settings.OCTOPUSH_URL = "http://127.0.0.1:1"
    with pytest.raises(TryLater):
        OctopushProvider().send(written())


# -- reports ----------------------------------------------------------------------------------------------------------

REPORT = {
    "channel": "sms",
    "message_id": "sms_5fa275dbf21dc",
    "number": "+33611223344",
    "status": "DELIVERED",
    "delivery_date": "2026-11-05 11:11:45",
    "meta_data": {},
}


def report(client: Client, secret: str = "secret-du-lien", **changes: Any) -> int:
    url = f"/remise/octopush/{secret}/"
    return client.post(url, json.dumps(REPORT | changes), content_type="application/json").status_code


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("DELIVERED", MessageState.DELIVERED),
        ("NOT_DELIVERED", MessageState.PERMANENT_FAILURE),
        ("BAD_DESTINATION", MessageState.PERMANENT_FAILURE),
        ("BLACKLISTED_NUMBER", MessageState.PERMANENT_FAILURE),
        ("NOT_ALLOWED", MessageState.PERMANENT_FAILURE),
        ("ACK", MessageState.SENT),
        ("UNKNOWN_DELIVERY", MessageState.SENT),
        ("SOMETHING_NEW", MessageState.SENT),
    ],
)
def test_a_report_tells_whether_it_arrived(octopush: Octopush, status: str, state: MessageState) -> None:
    client = Client(enforce_csrf_checks=True)
    written()
    deliver()
    assert report(client, status=status) == 204
    assert report(client, status=status) == 204
    assert Message.objects.get().state == state
    assert DeliveryReport.objects.get().said == status


def test_a_backslash_is_no_nul(octopush: Octopush) -> None:
    assert report(Client(), number="\\u0000") == 204
    assert DeliveryReport.objects.get().content["number"] == "\\u0000"


def test_an_early_report_waits(octopush: Octopush) -> None:
    assert report(Client()) == 204
    written()
    deliver()
    assert Message.objects.get().state == MessageState.DELIVERED


def test_without_the_secret_there_is_no_such_page(octopush: Octopush, settings: Any) -> None:
    assert report(Client(), secret="autre") == 404
    settings.OCTOPUSH_HOOK = ""
    assert report(Client(), secret="x") == 404
    assert Client().post("/remise/octopush//").status_code == 404
    assert not DeliveryReport.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"{}",
        b'{"message_id": 3}',
        b'{"message_id": "a", "status": ""}',
        b'{"message_id": "a\\u0000", "status": "ACK"}',
        b'{"message_id": "a", "status": "ACK", "x\\u0000": 1}',
        b'{"message_id": "\\ud800", "status": "ACK"}',
        b'{"message_id": "a", "status": "ACK", "n": NaN}',
        b'{"message_id": "a", "status": "ACK", "n": 1e999}',
        b'{"message_id": "a", "status": "ACK", "n": ' + b"9" * 5000 + b"}",
        b'{"message_id": "a", "status": "ACK", "n": ' + b"[" * 9000 + b"]" * 9000 + b"}",
        b"[" * 20_000,
        b"\xff",
    ],
)
def test_what_is_no_report_is_refused(octopush: Octopush, body: bytes) -> None:
    answer = Client().post("/remise/octopush/secret-du-lien/", body, content_type="application/json")
    assert answer.status_code == 400
    assert Client().get("/remise/octopush/secret-du-lien/").status_code == 405
