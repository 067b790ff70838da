"""The outbox: what is to leave the house, and what became of it. Texts by version, reports of providers."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from common import clock, typography
from common.links import household_page
from common.looks import Look
from common.triggers import follows
from office.access.matrix import Data, Read, can
from office.messages.codes import (
    ABOUT_STAFF,
    FAILED_STATES,
    GONE_STATES,
    HAND_STATES,
    MESSAGE_FLOW,
    SOCIAL,
    STOPPED_STATES,
    WAITING_STATES,
    WITHOUT_ADDRESS,
    Channel,
    MessageState,
    Outcome,
)
from office.messages.kinds import declared
from office.messages.looks import CALLS, LOOKS

if TYPE_CHECKING:
    from office.access.actor import Actor


ADDRESSEE_KEY = models.Func("addressee", function="ancrage_sort_key", output_field=models.TextField())
"""The addressee as names are searched: `common.text.sort_key`."""


class MessageText(models.Model):
    """A text that the association wrote for a kind and a channel. The latest version is in use; none is ever changed.

    Version 0 is the one declared in code, and has no row.
    """

    kind = models.CharField("genre", max_length=40)
    channel = models.CharField("voie", max_length=5, choices=Channel.choices)
    version = models.PositiveSmallIntegerField("version")
    subject = models.CharField("objet", max_length=120, blank=True)
    body = models.TextField("texte")
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    written_at = models.DateTimeField("écrit le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "texte de message"
        verbose_name_plural = "textes de messages"
        ordering = ["kind", "channel", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "channel", "version"],
                name="message_text_version_once",
                violation_error_message="Quelqu’un vient d’enregistrer un autre texte. Rechargez la page.",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="message_text_version_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_channel_display()} {self.version}"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, actor: "Actor") -> "MessageQuerySet":
        """Those to the households. Those to the people of the house have a page of their own (`office.digests`); those
        of the social service are for who reads all of its contacts."""
        if not can(actor, Read(Data.MESSAGE)):
            return self.none()
        rows = self.exclude(about=ABOUT_STAFF)
        return rows if can(actor, Read(Data.CONTACT)) else rows.common()

    def common(self) -> "MessageQuerySet":
        """Those that everybody who reads messages reads: not the ones of the social service."""
        return self.exclude(about__startswith=SOCIAL)

    def failures(self) -> "MessageQuerySet":
        """Those to the households that did not arrive and that nobody has seen to. One to a colleague is a task of
        nobody: who looks after the accounts sees it in the list of what was sent to the team."""
        rows = self.common().exclude(about=ABOUT_STAFF)
        return rows.filter(state__in=FAILED_STATES, seen_at__isnull=True)


class Message(models.Model):
    """One message to one addressee: its text as it leaves, why, by which way, and how far it is.

    `about` and `about_id` say what it was decided on, `household_id` for whom: both are above, so neither is a key.
    `key` names the decision: written twice, it is one message. `tried_as` counts the times that a person had it sent;
    with `uuid` it is the key given to a provider that takes one. `address`: e-mail, or phone as `+33612345678`; empty
    on paper, where the document has it, and for a call whose number nobody knows. `due_at`: when a worker, or who
    calls, looks at it next.
    """

    uuid = models.UUIDField("identifiant public", default=uuid4, unique=True, editable=False)
    key = models.CharField("clé", max_length=120)
    kind = models.CharField("genre", max_length=40)
    channel = models.CharField("voie", max_length=5, choices=Channel.choices)
    about = models.CharField("à propos de", max_length=20)
    about_id = models.BigIntegerField("numéro")
    household_id = models.BigIntegerField("ménage", null=True, blank=True, db_index=True)
    addressee = models.CharField("destinataire", max_length=200)
    address = models.CharField("adresse d’envoi", max_length=254, blank=True)
    text_version = models.PositiveSmallIntegerField("version du texte")
    is_edited = models.BooleanField("texte modifié", default=False)
    subject = models.CharField("objet", max_length=200, blank=True)
    body = models.TextField("texte")
    values = models.JSONField("valeurs des champs", default=dict)
    document = models.ForeignKey("office.Document", models.PROTECT, null=True, blank=True, verbose_name="document")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="messages_decided", verbose_name="décidé par"
    )
    created_at = models.DateTimeField("décidé le", default=clock.now, editable=False)
    state = models.CharField("état", max_length=9, choices=MessageState.choices, default=MessageState.CREATED)
    due_at = models.DateTimeField("prochain examen", default=clock.now)
    why = models.CharField("pourquoi", max_length=300, blank=True)
    """Why it is held or withdrawn, why it did not arrive, or a word about a call, in French."""
    held_until = models.DateField("retenu jusqu’au", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    tried_as = models.PositiveSmallIntegerField("envoi demandé", default=1)
    claimed_at = models.DateTimeField("envoi commencé le", null=True, blank=True)
    in_doubt_since = models.DateTimeField("envoi interrompu le", null=True, blank=True)
    """Since when nobody knows whether it left under this key."""
    provider = models.CharField("fournisseur", max_length=20, blank=True)
    provider_ref = models.CharField("référence du fournisseur", max_length=120, blank=True)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    delivered_at = models.DateTimeField("reçu le", null=True, blank=True)
    seen_at = models.DateTimeField("échec vu le", null=True, blank=True)
    seen_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="échec vu par"
    )

    flow = MESSAGE_FLOW

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ["-id"]
        triggers = [follows(MESSAGE_FLOW)]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="message_key_once"),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"], condition=~Q(provider_ref=""), name="message_provider_ref_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(GONE_STATES)) | Q(sent_at__isnull=False), name="message_gone_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(state=MessageState.DELIVERED) | Q(delivered_at__isnull=False),
                name="message_delivered_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(STOPPED_STATES)) | ~Q(why=""),
                name="message_stopped_says_why",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=sorted(WITHOUT_ADDRESS)) | ~Q(address=""),
                name="message_address_where_sent",
                violation_error_message="Il n’y a pas d’adresse où envoyer ce message.",
            ),
            models.CheckConstraint(condition=~Q(body=""), name="message_has_a_text"),
            models.CheckConstraint(
                condition=~Q(channel=Channel.PAPER) | Q(document__isnull=False),
                name="message_on_paper_has_its_paper",
                violation_error_message="Cette lettre n’a pas de document à imprimer.",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="message_due", condition=Q(state__in=sorted(WAITING_STATES))),
            models.Index(fields=["about", "about_id"], name="message_about"),
            GinIndex(OpClass(ADDRESSEE_KEY, name="gin_trgm_ops"), name="message_search"),
            models.Index(
                fields=["channel", "state", "due_at"],
                name="message_by_hand",
                condition=Q(channel__in=sorted(WITHOUT_ADDRESS), state__in=sorted(HAND_STATES)),
            ),
            models.Index(
                fields=["author"],
                name="message_failed",
                condition=Q(state__in=sorted(FAILED_STATES), seen_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_label} à {self.addressee}"

    @property
    def kind_label(self) -> str:
        found = declared().get(self.kind)
        return found.label if found else self.kind

    @property
    def send_key(self) -> str:
        """The key of this sending for a provider that takes one: the same however often a worker tries."""
        return f"{self.uuid}-{self.tried_as}"

    @property
    def look(self) -> Look:
        return (CALLS.get(self.state) if self.is_call else None) or LOOKS[self.state]

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING_STATES

    @property
    def has_failed(self) -> bool:
        return self.state in FAILED_STATES

    @property
    def is_to_see(self) -> bool:
        """It did not arrive, and nobody has seen to it."""
        return self.has_failed and self.seen_at is None

    @property
    def failure_label(self) -> str:
        """By which way it did not arrive, and how: « SMS, non remis », « Appel, faux numéro »."""
        return f"{self.get_channel_display()}, {typography.uncapitalised(self.look.label)}"

    @property
    def has_left(self) -> bool:
        return self.state in GONE_STATES

    @property
    def may_go_by_post(self) -> bool:
        """An e-mail that carries a paper."""
        return self.channel == Channel.EMAIL and self.document_id is not None

    @property
    def is_call(self) -> bool:
        return self.channel == Channel.CALL

    @property
    def is_paper(self) -> bool:
        return self.channel == Channel.PAPER

    @property
    def recipient(self) -> str:
        """The lines below the name on the paper of a letter."""
        return ", ".join(self.document.data.get("recipient", [])[1:]) if self.document else ""

    @property
    def is_noted_call(self) -> bool:
        """A call of which somebody noted what it gave, and nobody has seen to it since."""
        noted = (MessageState.DELIVERED, MessageState.TEMPORARY_FAILURE, MessageState.PERMANENT_FAILURE)
        return self.is_call and self.state in noted and self.seen_at is None

    @property
    def may_come_back(self) -> bool:
        """A letter that was posted."""
        return self.channel == Channel.PAPER and self.state == MessageState.SENT

    @property
    def shown_address(self) -> str:
        """An address as people read it."""
        return self.address if self.channel == Channel.EMAIL else typography.phone(self.address)

    @property
    def household_page(self) -> str:
        return household_page(self.household_id)

    @property
    def page(self) -> str:
        """Where it was decided, or ""."""
        found = declared().get(self.kind)
        return found.page(self.about_id) if found else ""


class DeliveryReport(models.Model):
    """What a provider said of a message that it took. Kept as it came: early, twice, or of a message unknown to us."""

    provider = models.CharField("fournisseur", max_length=20)
    provider_ref = models.CharField("référence du fournisseur", max_length=120)
    said = models.CharField("état annoncé", max_length=40)
    said_on = models.CharField("date annoncée", max_length=40, blank=True)
    outcome = models.CharField("résultat", max_length=9, choices=Outcome.choices)
    content = models.JSONField("contenu", default=dict)
    received_at = models.DateTimeField("arrivé le", default=clock.now, editable=False)
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name="message"
    )
    """None until the message is known by this reference."""

    class Meta:
        verbose_name = "accusé de remise"
        verbose_name_plural = "accusés de remise"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_ref", "said", "said_on"], name="delivery_report_once")
        ]
        indexes = [
            models.Index(
                fields=["provider", "provider_ref"], name="delivery_report_open", condition=Q(message__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.provider_ref} : {self.said}"
