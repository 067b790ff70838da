"""Messages by the API: read with a trace, withdrawn, sent again, seen."""

import pytest

from office.access.codes import Role
from office.access.models import AccessLog
from office.messages import worker
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.providers.base import Refused
from office.messages.providers.file import FileProvider
from tests.api import Api
from tests.factories import make_actor, make_association
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(monkeypatch: pytest.MonkeyPatch) -> Message:
    def refuse(self: FileProvider, message: Message) -> str:
        raise Refused("Cette adresse n’existe pas.")

    with monkeypatch.context() as patch:
        patch.setattr(FileProvider, "send", refuse)
        message = written(channel=Channel.EMAIL)
        worker.deliver()
    message.refresh_from_db()
    return message


def test_the_text_is_told_one_by_one_and_each_read_is_logged() -> None:
    message = written(actor=make_actor())
    api = Api(Role.SOCIAL_WORKER)
    [listed] = api.get("/messages")["items"]
    assert (listed["uuid"], "body" in listed, listed["household_id"]) == (str(message.uuid), False, 3)
    assert not AccessLog.objects.exists()
    shown = api.get(f"/messages/{message.uuid}")
    assert (shown["body"], shown["address"]) == ("Bonjour Mme Sarr.", "+33611223344")
    row = AccessLog.objects.get()
    assert (row.user_id, row.subject, row.object_id, row.household_id) == (api.user.pk, "MESSAGE", message.pk, 3)


def test_messages_are_filtered(failed: Message) -> None:
    waiting = written(key="hello:2")
    api = Api(Role.RENTAL_MANAGER)
    assert [row["uuid"] for row in api.get("/messages", failed=True)["items"]] == [str(failed.uuid)]
    assert [row["uuid"] for row in api.get("/messages", state="CREATED")["items"]] == [str(waiting.uuid)]
    assert api.get("/messages", household_id=4)["items"] == []
    assert len(api.get("/messages", channel="EMAIL", kind="HELLO")["items"]) == 1


@pytest.mark.parametrize("path", ["/messages", "/tasks", "/notices"])
def test_a_nul_in_the_query_of_any_list_is_refused(path: str) -> None:
    api = Api(Role.RENTAL_MANAGER)
    assert api.get(path, status=422, kind="\0")["error"]["code"] == "invalid"


def test_a_message_is_withdrawn_once_and_not_after_it_left() -> None:
    message, gone = written(), written(key="hello:2", channel=Channel.EMAIL)
    api = Api(Role.RENTAL_MANAGER)
    for _ in range(2):
        assert api.post(f"/messages/{message.uuid}/withdraw")["state"] == "WITHDRAWN"
    make_association()
    worker.deliver()
    assert api.refused(f"/messages/{gone.uuid}/withdraw", status=409, code="gone")["message"]


def test_a_failure_is_sent_again_where_it_arrives(failed: Message) -> None:
    api, at = Api(Role.RENTAL_MANAGER), f"/messages/{failed.uuid}/send-again"
    error = api.refused(at, {"address": "pas une adresse"}, status=422, code="invalid")
    assert error["field"] == "address"
    api.refused(at, {"by_post": True}, status=422, code="no_document")
    assert api.post(at, {"address": "autre@menage.example"})["state"] == "CREATED"
    failed.refresh_from_db()
    assert (failed.address, failed.tried_as) == ("autre@menage.example", 2)
    api.refused(at, {}, status=409, code="wrong_state")


def test_a_failure_is_seen_to(failed: Message) -> None:
    api = Api(Role.RENTAL_MANAGER)
    shown = api.post(f"/messages/{failed.uuid}/seen")
    assert (shown["state"], shown["seen_at"] is not None) == (MessageState.PERMANENT_FAILURE, True)
    assert api.get("/messages", failed=True)["items"] == []
