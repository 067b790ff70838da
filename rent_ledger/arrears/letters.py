"""What is sent to a household in arrears: its fields, and the text that comes with Ancrage.

Nothing in an SMS or a subject tells of money: the screen of a phone is read by others.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from common import clock
from common.links import link
from office.access.actor import Actor
from office.messages.codes import Channel
from office.messages.kinds import MessageKind, Sample, Text, declare
from office.messages.rules.merge import MergeField
from office.notices.services import over
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage
from rent_ledger.arrears.notices import CALL_UNMADE

FIELDS = (
    MergeField("nom", "Le ménage", "Mme Fatou Sarr"),
    MergeField("association", "Notre nom court", "Le Ponton"),
    MergeField("telephone", "Notre téléphone", "04 68 00 00 00"),
    MergeField("signature", "Qui décide le message", "Nadège Roux"),
    MergeField("somme", "Ce qui reste dû", "120,00 €", is_private=True),
    MergeField("echeance", "L’échéance la plus ancienne", "5 novembre 2026", is_private=True),
    MergeField("reference", "La référence à donner en payant", "RF18 5390 0754", is_private=True),
)
_BODY = """Bonjour {nom},

Sauf erreur de notre part, il reste {somme} à régler sur votre compte, depuis l’échéance du {echeance}.

Si votre paiement est parti ces derniers jours, ne tenez pas compte de ce message.

Sinon, appelez-nous au {telephone} : nous cherchons une solution avec vous, en plusieurs fois si c’est plus simple. \
Pour un virement, la référence est {reference}.

Bien à vous,
{signature}
{association}"""

_GONE = """Bonjour {nom},

Vous avez quitté le logement que nous vous louions. Sauf erreur de notre part, il reste {somme} à régler sur votre \
compte, depuis l’échéance du {echeance}.

Si votre paiement est parti ces derniers jours, ne tenez pas compte de ce message. Sinon, appelez-nous au \
{telephone} : nous cherchons une solution avec vous, en plusieurs fois si c’est plus simple. Pour un virement, la \
référence est {reference}.

Bien à vous,
{signature}
{association}"""

_HELP = """Des aides existent. Le FSL peut payer une partie de la dette. Action Logement aide les salariés. L’ADIL \
répond gratuitement au 0 805 16 00 75. Notre service social peut vous aider à les demander."""

_REMINDER = f"""Bonjour {{nom}},

Sauf erreur de notre part, il reste {{somme}} à payer sur votre compte :

{{detail}}

Si vous avez payé ces derniers jours, ne tenez pas compte de cette lettre.

Sinon, appelez-nous au {{telephone}} cette semaine. Vous pouvez payer en plusieurs fois : nous écrivons ensemble un \
plan qui tient compte de vos ressources.

{_HELP}

Pour un virement, la référence est {{reference}}.

Bien à vous,
{{signature}}
{{association}}"""

_FORMAL = f"""Bonjour {{nom}},

Nous vous avons écrit, et il reste {{somme}} à payer sur votre compte. Voici le détail :

{{detail}}

Cette lettre est une mise en demeure. Nous vous demandons de payer cette somme {{delai}}, ou de venir nous voir pour \
signer un plan. Aucun frais ni aucune pénalité ne s’ajoute.

Appelez-nous au {{telephone}}. Si vous ne pouvez pas tout payer, dites-le-nous : une solution reste possible.

Sans paiement ni accord dans ce délai, nous pourrons demander la fin du contrat. Personne ne peut vous faire quitter \
votre logement sans la décision d’un juge.

{_HELP}

{{signature}}
{{association}}"""


def _page(case_id: int) -> str:
    return link("rent_ledger:case", case_id)


def _samples(kind: ArrearsMessage) -> Callable[[Actor], Sequence[Sample]]:
    def some(actor: Actor) -> Sequence[Sample]:
        from rent_ledger.arrears.queries.courtesy import some_drafts

        return some_drafts(kind, actor=actor)

    return some


def _owed(case_ids: Sequence[int]) -> Mapping[int, str]:
    from rent_ledger.arrears.queries.courtesy import owed_today

    return owed_today(case_ids)


def _lanes(case_ids: Sequence[int]) -> None:
    """A decision whose message was withdrawn is to take again; a call that was made waits no more."""
    from rent_ledger.arrears.models import ArrearsCase
    from rent_ledger.arrears.services.lanes import refresh_lanes

    accounts = ArrearsCase.objects.filter(pk__in=case_ids).order_by("account_id").values_list("account_id", flat=True)
    refresh_lanes(account_ids=list(accounts), day=clock.today())


def _called(case_ids: Sequence[int]) -> None:
    """The call was made: nobody has to be told of it."""
    over(CALL_UNMADE, about_ids=case_ids)
    _lanes(case_ids)


COURTESY = declare(
    MessageKind(
        code=ArrearsMessage.COURTESY,
        about=ABOUT_CASE,
        fields=FIELDS,
        texts={
            Channel.SMS: Text(
                "",
                "Bonjour {nom}, pouvez-vous appeler {association} au {telephone} ? Nous aimerions faire le point avec "
                "vous. Merci, {signature}",
            ),
            Channel.EMAIL: Text("Faire le point avec {association}", _BODY),
            Channel.PAPER: Text("Faire le point ensemble", _BODY),
        },
        page=_page,
        samples=_samples(ArrearsMessage.COURTESY),
        waits_no_more=_lanes,
    )
)
# Who calls has the case before him: the text names no sum, which may change before the call.
CALL = declare(
    MessageKind(
        code=ArrearsMessage.CALL,
        about=ABOUT_CASE,
        fields=(*FIELDS, MergeField("responsable", "Qui est en charge du ménage", "Nadège Roux")),
        texts={
            Channel.CALL: Text(
                "",
                "Bonjour, je suis {responsable}, de {association}. Est-ce bien {nom} ? Est-ce un bon moment ?\n\n"
                "Une échéance n’est pas arrivée jusqu’à nous. Je vous appelle pour savoir comment vous allez et si "
                "nous pouvons trouver une solution ensemble : payer en plusieurs fois, vérifier l’aide au logement, ou "
                "voir le service social.\n\nQuand pouvons-nous en reparler ? Notre numéro est le {telephone}.",
            )
        },
        page=_page,
        samples=_samples(ArrearsMessage.CALL),
        today=_owed,
        left=_called,
        waits_no_more=_lanes,
        waits_again=lambda case_ids, noted_at: _lanes(case_ids),
    )
)
GONE = declare(
    MessageKind(
        code=ArrearsMessage.GONE,
        about=ABOUT_CASE,
        fields=FIELDS,
        texts={
            Channel.EMAIL: Text("Votre ancien logement et {association}", _GONE),
            Channel.PAPER: Text("Votre ancien logement", _GONE),
        },
        page=_page,
        samples=_samples(ArrearsMessage.GONE),
        waits_no_more=_lanes,
    )
)


def _posted_again(case_ids: Sequence[int], noted_at: datetime) -> None:
    _lanes(case_ids)


_DETAIL = MergeField("detail", "Ce qui reste dû, terme par terme", "octobre 2026 : 120,00 €", is_private=True)
# What is proposed after them depends on when they left, and whether they came back.
REMINDER = declare(
    MessageKind(
        code=ArrearsMessage.REMINDER,
        about=ABOUT_CASE,
        fields=(*FIELDS, _DETAIL),
        texts={
            Channel.PAPER: Text("Votre compte : parlons-en", _REMINDER),
            Channel.EMAIL: Text("Votre compte : parlons-en", _REMINDER),
        },
        page=_page,
        samples=_samples(ArrearsMessage.REMINDER),
        left=_lanes,
        failed=_lanes,
        waits_no_more=_lanes,
        waits_again=_posted_again,
    )
)
FORMAL_NOTICE = declare(
    MessageKind(
        code=ArrearsMessage.FORMAL_NOTICE,
        about=ABOUT_CASE,
        fields=(
            *FIELDS,
            _DETAIL,
            MergeField("delai", "Le délai laissé pour payer", "dans les 15 jours qui suivent sa réception"),
        ),
        texts={Channel.PAPER: Text("Mise en demeure de payer", _FORMAL)},
        page=_page,
        samples=_samples(ArrearsMessage.FORMAL_NOTICE),
        left=_lanes,
        failed=_lanes,
        waits_no_more=_lanes,
        waits_again=_posted_again,
    )
)
