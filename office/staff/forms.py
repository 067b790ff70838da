"""Forms of people, their roles and teams."""

from django import forms
from django.db.models import Q

from common.forms import DayField
from common.quick import end_of_month, next_month, today, yesterday
from office.access.codes import Role
from office.house.codes import OrganisationKind
from office.house.models import Organisation
from office.staff.models import Team, User


class UserForm(forms.Form):
    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=80)
    email = forms.EmailField(label="Courriel professionnel", help_text="Sert à se connecter")
    job_title = forms.CharField(label="Fonction", max_length=80, required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)

    @classmethod
    def of(cls, user: User) -> "UserForm":
        return cls(initial={name: getattr(user, name) for name in cls.base_fields})


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Rôle", choices=Role.choices)
    since = DayField(label="À partir du", quick=(today, next_month))
    last_day = DayField(label="Dernier jour", required=False, quick=(end_of_month,))
    organisation = forms.ModelChoiceField(
        label="Organisme représenté",
        queryset=Organisation.objects.filter(
            Q(roles__kind=OrganisationKind.CCAS) | Q(roles__kind=OrganisationKind.FUNDER)
        ).distinct(),
        required=False,
        help_text="Pour un CCAS ou un financeur",
    )


class EndRoleForm(forms.Form):
    last_day = DayField(label="Dernier jour", quick=(yesterday, today, end_of_month))


class TeamForm(forms.Form):
    name = forms.CharField(label="Nom de l’équipe", max_length=80)
    members = forms.ModelMultipleChoiceField(
        label="Membres",
        queryset=User.objects.filter(is_active=True),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    @classmethod
    def of(cls, team: Team) -> "TeamForm":
        return cls(initial={"name": team.name, "members": team.members.all()})
