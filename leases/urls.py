"""Addresses of households and contracts (under `/menages/`)."""

from django.urls import path

from leases.contracts.views import guarantees, leases, occupancies
from leases.households import views as households

app_name = "leases"
urlpatterns = [
    path("", households.households, name="households"),
    path("nouveau/", households.household_new, name="household_new"),
    path("<int:pk>/modifier/", households.household_edit, name="household_edit"),
    path("<int:pk>/adresse-protegee/", households.protection, name="protection"),
    path("<int:pk>/effacer/", households.household_discard, name="household_discard"),
    path("<int:pk>/membres/", households.member_new, name="member_new"),
    path("membres/<int:pk>/depart/", households.member_leave, name="member_leave"),
    path("membres/<int:pk>/retour/", households.member_back, name="member_back"),
    path("personnes/<int:pk>/", households.person_edit, name="person_edit"),
    path("baux/", leases.leases, name="leases"),
    path("baux/nouveau/", leases.lease_new, name="lease_new"),
    path("baux/<int:pk>/", leases.lease, name="lease"),
    path("baux/<int:pk>/preparation/", leases.check, name="check"),
    path("baux/<int:pk>/activer/", leases.activate, name="activate"),
    path("baux/<int:pk>/parties/", leases.party_new, name="party_new"),
    path("baux/<int:pk>/garant/", leases.outsider_new, name="outsider_new"),
    path("baux/parties/<int:pk>/fin/", leases.party_end, name="party_end"),
    path("baux/parties/<int:pk>/fin/annuler/", leases.party_back, name="party_back"),
    path("baux/parties/<int:pk>/retirer/", leases.party_remove, name="party_remove"),
    path("baux/<int:pk>/garanties/", guarantees.guarantee_new, name="guarantee_new"),
    path("baux/garanties/<int:pk>/", guarantees.guarantee, name="guarantee"),
    path("baux/garanties/<int:pk>/corriger/", guarantees.guarantee_correct, name="guarantee_correct"),
    path("baux/garanties/<int:pk>/fin/", guarantees.guarantee_end, name="guarantee_end"),
    path("baux/garanties/<int:pk>/fin/annuler/", guarantees.guarantee_resume, name="guarantee_resume"),
    path("baux/garanties/<int:pk>/retirer/", guarantees.guarantee_remove, name="guarantee_remove"),
    path("baux/garanties/<int:pk>/actes/", guarantees.guarantee_deeds_add, name="guarantee_deeds_add"),
    path("baux/garanties/<int:pk>/actes/<uuid:uuid>/", guarantees.guarantee_deed, name="guarantee_deed"),
    path(
        "baux/garanties/<int:pk>/actes/<uuid:uuid>/retirer/",
        guarantees.guarantee_deed_remove,
        name="guarantee_deed_remove",
    ),
    path("baux/<int:pk>/montants/", leases.term_new, name="term_new"),
    path("baux/<int:pk>/echeance/", leases.due_new, name="due_new"),
    path("baux/<int:pk>/papiers/", leases.wish_new, name="wish_new"),
    path("baux/papiers/<int:pk>/retirer/", leases.wish_end, name="wish_end"),
    path("baux/<int:pk>/conge/", leases.notice, name="notice"),
    path("baux/<int:pk>/conge/retirer/", leases.notice_withdraw, name="notice_withdraw"),
    path("baux/<int:pk>/fin/annuler/", leases.end_undo, name="end_undo"),
    path("baux/<int:pk>/reprendre/", leases.take_back, name="take_back"),
    path("baux/<int:pk>/fin/", leases.end, name="end"),
    path("baux/<int:pk>/cles/", leases.keys_back, name="keys_back"),
    path("baux/<int:pk>/abandonner/", leases.discard, name="discard"),
    path("logements/<int:pk>/occupation/", occupancies.dwelling_occupancies, name="dwelling_occupancies"),
]
