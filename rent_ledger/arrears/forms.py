"""What the rent side types about a case: a decision, a report."""

from collections.abc import Iterable
from typing import Any

from django import forms

from common import clock
from common.forms import AmountField, DayField, ManyFilesField, ManyFilesInput
from common.guard import GuardedForm
from common.quick import PAST, end_of_month, in_days, next_month
from common.typography import euros
from office.messages.codes import SUBJECTED, Channel
from office.messages.rules.merge import MAX_BODY, MAX_SMS, MAX_SUBJECT
from rent_ledger.arrears.budgets import BudgetEstimate
from rent_ledger.arrears.codes import (
    FREEZE_UNTIL,
    Decision,
    FreezeKind,
    Outgoing,
    PayerRoute,
    RegisteredOutcome,
    SentBy,
)
from rent_ledger.arrears.queries.arrears import PlanTerms
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.books.codes import Action

# What a person may choose in place of the proposal. Reporting to the payer follows the law, not a choice.
CHOICES = [
    Action.NOTHING,
    Action.WAIT,
    Action.COURTESY,
    Action.CALL,
    Action.ALERT_SOCIAL,
    Action.VISIT,
    Action.WRITE_GONE,
]


class DecisionForm(GuardedForm):
    """The fields that one decision asks: `decision` says which are shown and required."""

    guarded = ("reason",)
    action = forms.ChoiceField(
        label="À la place", choices=[(a.value, a.label) for a in CHOICES], widget=forms.RadioSelect, required=False
    )
    pause_until = DayField(label="En pause jusqu’au", required=False, quick=(in_days(15), in_days(30), end_of_month))
    plan_until = DayField(
        label="Plan jusqu’au",
        required=False,
        help_text="Ce qui est échu sort des relances jusqu’à ce jour, compris. Les prochains termes restent dus.",
    )
    reason = forms.CharField(
        label="Pourquoi", max_length=200, required=False, help_text="Quelques mots de fait, lus par l’équipe."
    )

    def __init__(
        self, *args: Any, decision: str, has_left: bool = True, plan: PlanTerms | None = None, **kwargs: Any
    ) -> None:
        """`plan`: what the plan to accept would be; None where no plan is accepted."""
        super().__init__(*args, **kwargs)
        if not has_left:
            self.fields["action"].choices = [(a.value, a.label) for a in CHOICES if a != Action.WRITE_GONE]  # type: ignore[attr-defined]
        self.decision = decision
        if decision != Decision.CHANGE:
            del self.fields["action"]
        if decision != Decision.PAUSE:
            del self.fields["pause_until"]
        if plan is None:
            del self.fields["plan_until"]
        else:
            self.fields["plan_until"].initial = plan.end
            self.fields["plan_until"].help_text += _what_it_pays(plan)
        if decision == Decision.CONFIRM:
            del self.fields["reason"]
        for name, message in (
            ("reason", "Dites pourquoi en quelques mots."),
            ("action", "Choisissez l’action à la place de celle proposée."),
            ("pause_until", "Dites jusqu’à quand, par exemple 09/12/2026."),
            ("plan_until", "Dites jusqu’à quand court le plan, par exemple 09/05/2027."),
        ):
            if name in self.fields:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = message


def _what_it_pays(plan: PlanTerms) -> str:
    """What the instalments of a plan pay by its end, after the help text of its day."""
    if not plan.amount:
        return f" Pour tout payer en {plan.months} mois : {euros(plan.least)} par mois au moins."
    if plan.left:
        return (
            f" Ce plan ne suffit pas : à {euros(plan.amount)} par mois, {euros(plan.left)} sur {euros(plan.owed)} "
            f"resteraient dus à son dernier jour. Pour tout payer en {plan.months} mois, il faut {euros(plan.least)} "
            "par mois."
        )
    return f" À {euros(plan.amount)} par mois, {euros(plan.owed)} sont payés ce jour-là ; plus tôt, il en resterait dû."


class LetterForm(forms.Form):
    """The message that a decision sends, before it leaves: by which way, with which words."""

    channel = forms.ChoiceField(
        label="Par", widget=forms.RadioSelect, help_text="Le texte d’une autre voie se montre avant de partir."
    )
    subject = forms.CharField(
        label="Objet", max_length=MAX_SUBJECT, error_messages={"required": "Donnez un objet au message."}
    )
    address = forms.CharField(
        label="Nouvelle adresse",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        help_text="Le ménage est parti : une ligne pour la rue, une pour le code postal et la ville.",
        error_messages={"required": "Donnez la nouvelle adresse : l’ancienne n’est plus la leur."},
    )
    body = forms.CharField(
        label="Texte",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Écrivez le texte du message."},
    )

    def __init__(
        self,
        *args: Any,
        channels: Iterable[Channel],
        channel: Channel,
        needs_address: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not needs_address:
            del self.fields["address"]
        self.fields["channel"].choices = [(c.value, c.label) for c in channels]  # type: ignore[attr-defined]
        self.fields["channel"].initial = channel
        self.limit = MAX_SMS if channel == Channel.SMS else MAX_BODY
        if channel not in SUBJECTED:
            del self.fields["subject"]

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"].replace("\r\n", "\n")
        if len(body) > self.limit:
            raise forms.ValidationError(f"Le texte tient en {self.limit} caractères : il en a {len(body)}.")
        return body


class IgnoreForm(GuardedForm):
    """Until when the signs of an account are ignored, and why."""

    guarded = ("reason",)
    until = DayField(
        label="Ignorer jusqu’au",
        quick=(in_days(15), in_days(30), end_of_month),
        error_messages={"required": "Dites jusqu’à quand, par exemple 09/12/2026."},
    )
    reason = forms.CharField(
        label="Pourquoi",
        max_length=200,
        help_text="Quelques mots de fait, lus par l’équipe.",
        error_messages={"required": "Dites pourquoi en quelques mots."},
    )


class SentForm(forms.Form):
    """On which day a report left, and by which way."""

    sent_on = DayField(
        label="Envoyée le",
        quick=PAST,
        error_messages={"required": "Dites quel jour elle est partie, par exemple 05/11/2026."},
    )
    sent_by = forms.ChoiceField(
        label="Par",
        choices=[(way.value, way.label) for way in SentBy],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites par quelle voie elle est partie."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sent_on"].initial = clock.today()


class PostedForm(forms.Form):
    """What the receipt of the post says of a registered letter."""

    posted_on = DayField(
        label="Déposée le",
        quick=PAST,
        error_messages={"required": "Dites quel jour elle a été déposée, par exemple 05/11/2026."},
    )
    number = forms.CharField(
        label="Numéro du recommandé",
        max_length=24,
        help_text="Sous le code-barres du reçu, par exemple 2C 123 456 7890 1.",
        error_messages={"required": "Recopiez le numéro du reçu."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["posted_on"].initial = clock.today()


class OutcomeForm(forms.Form):
    """What the post did with a registered letter."""

    outcome = forms.ChoiceField(
        label="La lettre est",
        choices=[(outcome.value, outcome.label) for outcome in RegisteredOutcome],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce que la poste a fait de la lettre."},
    )
    outcome_on = DayField(
        label="Le",
        quick=PAST,
        help_text="Le jour écrit sur l’avis de réception ou sur l’enveloppe.",
        error_messages={"required": "Dites quel jour, par exemple 05/11/2026."},
    )


class AnswerForm(forms.Form):
    """What the payer does with a report, from when. What was noted already is there to be changed."""

    route = forms.ChoiceField(
        label="Suite donnée",
        choices=[(route.value, route.label) for route in PayerRoute],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce que l’organisme fait de la déclaration."},
    )
    answered_on = DayField(
        label="Connue le", quick=PAST, error_messages={"required": "Dites depuis quel jour, par exemple 05/11/2026."}
    )
    refused_on = DayField(
        label="Versement direct refusé le",
        required=False,
        help_text="Si l’aide est versée au ménage et que l’association la refuse, ou n’a pas répondu : ce jour-là.",
    )
    stage_on = DayField(
        label="Mise en demeure, ou plan demandé après le FSL ou une petite dette, le",
        required=False,
        help_text="La seconde demande de l’organisme ouvre un nouveau délai.",
    )
    plan_sent_on = DayField(label="Plan transmis à l’organisme le", required=False)

    def __init__(self, *args: Any, report: PayerReport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.initial = getattr(report, name)


class BrokenToldForm(forms.Form):
    told_on = DayField(label="Dite le", quick=PAST, error_messages={"required": "Dites quel jour l’organisme l’a su."})


class ProofForm(forms.Form):
    proofs = ManyFilesField(
        label="Preuve de l’envoi",
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="Accusé de réception, capture du site de l’organisme : une photo ou un PDF.",
    )


class PlanPaperForm(forms.Form):
    proofs = ManyFilesField(
        label="Fichiers",
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="Le papier que le ménage a signé : une photo de chaque page, ou un PDF.",
    )


class PlanForm(forms.Form):
    """A plan to prepare."""

    months = forms.IntegerField(
        label="Nombre de mois",
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "a-w-xs"}),
        error_messages={"required": "Dites en combien de mois, par exemple 12."},
    )
    first_on = DayField(
        label="Première mensualité",
        quick=(next_month,),
        help_text="Les suivantes tombent le même jour de chaque mois.",
        error_messages={"required": "Dites le jour de la première mensualité, par exemple 05/12/2026."},
    )


class BudgetForm(forms.Form):
    """The month of a household. Nothing in it is kept as words."""

    persons = forms.IntegerField(
        label="Personnes qui vivent de ce budget",
        min_value=1,
        max_value=30,
        widget=forms.NumberInput(attrs={"class": "a-w-xs"}),
        error_messages={"required": "Dites combien de personnes vivent de ce budget."},
    )
    resources = AmountField(
        label="Ressources du mois",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "a-w-s"}),
        help_text="Salaires, prestations, pensions. Sans l’aide au logement versée à l’association, déduite du terme.",
        error_messages={"required": "Dites les ressources du mois, 0 s’il n’y en a pas."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Outgoing:
            self.fields[kind.value] = AmountField(
                label=kind.label,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "a-w-s"}),
            )

    @property
    def typed(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        lines = {kind.value: data[kind.value] for kind in Outgoing if data[kind.value] is not None}
        return {"persons": data["persons"], "resources": data["resources"], "lines": lines}

    @classmethod
    def of(cls, budget: BudgetEstimate) -> "BudgetForm":
        """The last estimate, to be said anew."""
        lines = dict(budget.lines.values_list("kind", "amount"))
        return cls(initial={"persons": budget.persons, "resources": budget.resources, **lines})


class SignForm(forms.Form):
    """The day on the paper that the household has signed."""

    signed_on = DayField(
        label="Signé le",
        quick=PAST,
        error_messages={"required": "Dites quel jour le ménage a signé, par exemple 05/11/2026."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_on"].initial = clock.today()


class PlanEndForm(GuardedForm):
    """Why a plan is stopped."""

    guarded = ("reason",)
    reason = forms.CharField(
        label="Pourquoi",
        max_length=200,
        help_text="Quelques mots de fait, lus par l’équipe.",
        error_messages={"required": "Dites pourquoi en quelques mots."},
    )


class FreezeForm(forms.Form):
    """A decision of the commission of overindebtedness, or of the judge. `kinds`: what may be noted."""

    kind = forms.ChoiceField(
        label="Décision", widget=forms.RadioSelect, error_messages={"required": "Dites ce qui a été décidé."}
    )
    on = DayField(
        label="Décidée le",
        quick=PAST,
        help_text="Le jour écrit sur le courrier.",
        error_messages={"required": "Dites le jour de la décision, par exemple 05/11/2026."},
    )
    until = DayField(label="Jusqu’au", required=False, help_text="Le dernier jour qu’elle dit, compris.")
    reference = forms.CharField(
        label="Numéro du dossier",
        max_length=40,
        required=False,
        help_text="Celui que la Banque de France a donné.",
    )
    frees_others = forms.BooleanField(
        label="Rien ne sera réclamé non plus à qui doit la même dette",
        required=False,
        help_text="L’effacement ne libère que la personne du dossier.",
    )

    def __init__(self, *args: Any, kinds: Iterable[FreezeKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(kinds)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in offered]  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.fields["kind"].initial = offered[0].value
        if FREEZE_UNTIL.isdisjoint(offered):
            del self.fields["until"]
        if FreezeKind.ADMISSIBLE not in offered:
            del self.fields["reference"]
        if FreezeKind.ERASED not in offered:
            del self.fields["frees_others"]
