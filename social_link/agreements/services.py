"""The contract of support: drawn up from what stands, signed by each party, kept as it came back, taken back."""

import json
from datetime import date
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.documents.services import HAND_DELIVERED, file_name, new_document, render_copy
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from social_link.agreements.codes import Way
from social_link.agreements.models import Agreement, AgreementScan, AgreementSignature, AgreementText
from social_link.agreements.queries import parties_of, text_in_use
from social_link.agreements.rules.stroke import is_signature
from social_link.masp.models import MaspContract
from social_link.measures.codes import MeasureKind, Party
from social_link.measures.locks import changeable, must_not_be_ended
from social_link.measures.models import Measure, Renewal
from social_link.measures.parameters import measure_rule
from social_link.measures.services.measures import note_signature
from social_link.measures.services.renewals import sign_renewal
from social_link.objectives.models import Objective

SIGNED = "Ce contrat porte déjà une signature : reprenez-la d’abord."
SCANNED = "Le contrat signé est gardé : retirez d’abord ce fichier s’il n’est pas le bon."
NOT_SIGNED = "Personne n’a encore signé ce contrat : notez d’abord la signature, puis gardez le papier."


@needs(Write(Data.MEASURE))
@transaction.atomic
def write_text(*, aim: str, rights: str, seen_version: int, actor: Actor) -> AgreementText:
    """The words that contracts use from now on; those that are drawn up keep theirs. `Conflict` where somebody wrote
    others since `seen_version`."""
    now = text_in_use()
    if now[2] != seen_version:
        raise Conflict("Quelqu’un vient d’enregistrer un autre texte. Rechargez la page.", code="changed")
    row = AgreementText(version=seen_version + 1, aim=aim.strip(), rights=rights.strip(), author=actor.user)
    if (row.aim, row.rights) == now[:2]:
        raise InvalidInput("Ce texte est celui qui sert déjà : rien n’a changé.", code="same_text")
    checked(row)
    with french_refusals():
        row.save(force_insert=True)
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def draw_up(*, measure: Measure, actor: Actor, renewal: Renewal | None = None) -> Agreement:
    """The contract of a measure as it stands today, or the amendment of a renewal. Again draws it up anew, as long as
    nobody has signed it (`Conflict`)."""
    row = changeable(measure, actor)
    must_not_be_ended(row)
    if renewal is not None and renewal.measure_id != row.pk:
        raise InvalidInput("Ce renouvellement est celui d’une autre mesure.")
    if row.kind == MeasureKind.MASP2 and not MaspContract.objects.filter(measure=row).exists():
        raise Conflict("Écrivez d’abord le contrat de MASP 2 : domaines et prestations gérées.", code="wrong_state")
    agreement = Agreement.objects.filter(measure=row, renewal=renewal).first()
    if agreement is None:
        agreement = Agreement(measure=row, renewal=renewal)
    elif agreement.signatures.exists():
        raise Conflict(SIGNED, code="in_use")
    agreement.author, agreement.created_at = actor.user, clock.now()
    agreement.data = _content(row, renewal, actor)
    agreement.digest = _digest(agreement.data)
    with french_refusals(agreement):
        agreement.save()
    return agreement


def _digest(data: dict[str, Any]) -> str:
    return sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _content(row: Measure, renewal: Renewal | None, actor: Actor) -> dict[str, Any]:
    """All that the contract prints. No address: the household reads where it lives on its lease."""
    start, end = (renewal.period.lower, renewal.last_day) if renewal else (row.period.lower, row.first_end)
    rule = measure_rule(row.kind, row.period.lower)
    aim, rights, version = text_in_use()
    masp = MaspContract.objects.filter(measure=row).first() if row.kind == MeasureKind.MASP2 else None
    paper = new_document(
        kind="support_contract",
        number=str(row.pk),
        title=f"{'Avenant au contrat' if renewal else 'Contrat'} d’accompagnement, {rule.label}",
        data={
            "recipient": [row.household.name, HAND_DELIVERED],
            "parties": [row.household.name if party == Party.HOUSEHOLD else _party(party) for party in parties_of(row)],
            "referent": row.referent.get_full_name(),
            "start": start.isoformat(),
            "end": end.isoformat(),
            "rhythm": rule.rhythm_days,
            "aim": aim,
            "rights": rights.splitlines(),
            "text_version": version,
            "objectives": [
                {
                    "id": one.pk,
                    "theme": one.get_theme_display(),
                    "text": one.text,
                    "household_does": one.household_does,
                    "house_does": one.house_does,
                    "due_on": one.due_on.isoformat() if one.due_on else None,
                }
                for one in Objective.objects.open().filter(measure=row)
            ],
            "masp": _managed(masp) if masp else None,
        },
        actor=actor,
    )
    return {"title": paper.title, **paper.data}


def _managed(masp: MaspContract) -> dict[str, str]:
    return {"works": masp.works_words, "benefits": masp.benefit_words, "uses": masp.use_words}


def _party(party: Party) -> str:
    return party.label[0].upper() + party.label[1:]


def _locked(agreement: Agreement, actor: Actor) -> tuple[Agreement, Measure]:
    measure = changeable(agreement.measure, actor)
    row = Agreement.objects.select_for_update(of=("self",)).filter(pk=agreement.pk).select_related("renewal").first()
    if row is None:
        raise Conflict("Ce contrat a été retiré.", code="wrong_state")
    row.measure = measure
    return row, measure


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def sign(
    *, agreement: Agreement, party: str, on: date, name: str, seen: str, actor: Actor, stroke: str = ""
) -> AgreementSignature:
    """A party signed the text of which the digest is `seen`: on paper, or (`stroke`, what was drawn) on the screen that
    the actor held out, today. The last of the days is the contract's: the measure is signed with it, as far as its kind
    lets it, else nothing is noted. The same again gives the first.

    `Conflict` where the contract was drawn up anew since, `InvalidInput` (`party`, `on`, `name`, `stroke`).
    """
    row, measure = _locked(agreement, actor)
    parties = parties_of(measure)
    if party not in parties:
        raise InvalidInput("Choisissez qui signe.", field="party")
    if on > clock.today():
        raise InvalidInput("La signature est aujourd’hui ou plus tôt.", field="on")
    if stroke and not is_signature(stroke):
        raise InvalidInput("Ce trait est trop court pour une signature : effacez, puis signez.", field="stroke")
    if stroke and on != clock.today():
        raise InvalidInput("À l’écran, on signe aujourd’hui. Pour un papier d’un autre jour, effacez le trait.",
                           field="on")  # fmt: skip
    if row.digest != seen:
        raise Conflict("Le contrat a changé entre-temps : relisez-le, puis signez.", code="changed")
    facts = {"party": party, "on": on, "name": name.strip(), "stroke": stroke}
    way = Way.SCREEN if stroke else Way.PAPER
    same = row.signatures.filter(party=party).first()
    if same is not None and all(getattr(same, field) == value for field, value in facts.items()):
        return same
    signature = AgreementSignature(agreement=row, digest=row.digest, way=way, recorded_by=actor.user, **facts)
    checked(signature)
    with french_refusals(signature):
        signature.save()
    _follow(row, measure, actor)
    return signature


def _follow(row: Agreement, measure: Measure, actor: Actor) -> None:
    """The measure, or its renewal, bears the last of the days once everybody has signed, and the PDF is archived."""
    days = {signature.party: signature.on for signature in row.signatures.all()}
    is_whole = set(days) == set(parties_of(measure))
    signed_on = max(days.values()) if is_whole else None
    # A day that was typed by hand stays until everybody has signed here.
    says = is_whole or bool(row.sha256)
    if row.renewal is not None:
        if says and row.renewal.signed_on != signed_on:
            sign_renewal(renewal=row.renewal, signed_on=signed_on, actor=actor)
    else:
        masp = MaspContract.objects.filter(measure=measure).first()
        if masp is not None:
            masp.household_on, masp.house_on = days.get(Party.HOUSEHOLD), days.get(Party.HOUSE)
            masp.department_on = days.get(Party.DEPARTMENT)
            masp.save(update_fields=["household_on", "house_on", "department_on"])
        if says and measure.signed_on != signed_on:
            note_signature(measure, signed_on)
    row.pdf = _rendered(row) if is_whole else None
    row.sha256 = sha256(row.pdf).hexdigest() if row.pdf else ""
    row.save(update_fields=["pdf", "sha256"])


def _rendered(row: Agreement) -> bytes:
    return render_copy(_document(row))


def _document(row: Agreement) -> Any:
    signed = {signature.party: signature for signature in row.signatures.all()}
    data = row.data | {
        "signatures": [
            {
                "who": who,
                "name": one.name if one else "",
                "on": one.on.isoformat() if one else None,
                "stroke": one.stroke if one else "",
            }
            for party, who in zip(parties_of(row.measure), row.data["parties"], strict=True)
            for one in [signed.get(party)]
        ],
        "digest": row.digest,
    }
    document = new_document(
        kind="support_contract", number=str(row.pk), title=row.data["title"], data=data, actor=Actor.system(),
        house=row.data["association"],
    )  # fmt: skip
    document.made_at = row.created_at
    return document


def printed(agreement: Agreement) -> tuple[str, bytes]:
    """Name of the file and PDF: as it was archived once everybody had signed, else as it stands. The caller has seen to
    it that the measure may be read."""
    name = file_name(_document(agreement))
    return name, bytes(agreement.pdf) if agreement.pdf else _rendered(agreement)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def unsign(*, signature_id: int, actor: Actor) -> None:
    """A signature that was noted by mistake: the measure is unsigned with it. Again changes nothing. `Conflict` while
    the paper that it was signed on is kept."""
    found = AgreementSignature.objects.filter(pk=signature_id).select_related("agreement__measure").first()
    if found is None:
        return
    row, measure = _locked(found.agreement, actor)
    must_not_be_ended(measure)
    if row.scans.exists():
        raise Conflict(SCANNED, code="in_use")
    AgreementSignature.objects.filter(pk=signature_id).delete()
    _follow(row, measure, actor)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_agreement(*, agreement_id: int, actor: Actor) -> None:
    """A contract that nobody has signed is withdrawn; drawing it up again makes it again. Again changes nothing."""
    found = Agreement.objects.filter(pk=agreement_id).select_related("measure").first()
    if found is None:
        return
    row, _ = _locked(found, actor)
    if row.signatures.exists():
        raise Conflict(SIGNED, code="in_use")
    row.delete()


@needs(Write(Data.MEASURE, OWN))
def add_scan(*, agreement: Agreement, file: BinaryIO, actor: Actor) -> AgreementScan:
    """Keep a picture or a PDF of the contract as it came back signed. The same file again is the first.

    `InvalidInput` (`proofs`): what it is, or one too many. `Conflict` where nobody has signed.
    """
    # Read before the contract is locked: it takes time.
    clean = clean_file(file, AgreementScan.kind, field="proofs")
    with transaction.atomic():
        row, _ = _locked(agreement, actor)
        if not row.signatures.exists():
            raise Conflict(NOT_SIGNED, code="not_signed")
        return keep_file(AgreementScan, clean, actor=actor, field="proofs", of="contrat", agreement=row)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def remove_scan(*, agreement: Agreement, scan: UUID, actor: Actor) -> None:
    """Take a file back. One that is gone already stays gone."""
    row, _ = _locked(agreement, actor)
    drop_file(AgreementScan.objects.filter(agreement=row, uuid=scan).first())
