"""Addresses of the social service (under `/social/`)."""

from django.urls import path

from social_link.alerts import views as alerts
from social_link.contacts import views as contacts
from social_link.measures import views as measures

app_name = "social_link"
urlpatterns = [
    path("alertes/", alerts.alerts, name="alerts"),
    path("alertes/<int:pk>/", alerts.alert, name="alert"),
    path("alertes/<int:pk>/prendre/", alerts.take, name="alert_take"),
    path("alertes/<int:pk>/rendre/", alerts.release_alert, name="alert_release"),
    path("alertes/<int:pk>/reattribuer/", alerts.pass_on, name="alert_reassign"),
    path("alertes/<int:pk>/clore/", alerts.close_paid, name="alert_close"),
    path("alertes/<int:pk>/deja-suivi/", alerts.followed, name="alert_followed"),
    path("alertes/<int:pk>/reprendre/", alerts.take_back, name="alert_take_back"),
    path("alertes/<int:pk>/repondre/", alerts.answer, name="alert_answer"),
    path("alertes/<int:pk>/issue/", alerts.outcome, name="alert_outcome"),
    path("alertes/<int:pk>/issue/reprendre/", alerts.outcome_back, name="alert_outcome_back"),
    path("alertes/<int:pk>/etape/faite/", alerts.step_done, name="alert_step_done"),
    path("alertes/<int:pk>/etape/reprendre/", alerts.step_back, name="alert_step_back"),
    path("alertes/<int:pk>/note/", alerts.late_note, name="alert_note"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/nouveau/", contacts.contact_new, name="contact_new"),
    path("contacts/nouveau/<int:pk>/", contacts.contact_new, name="contact_new"),
    path("contacts/<int:pk>/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/retirer/", contacts.contact_withdraw, name="contact_withdraw"),
    path("contacts/<int:pk>/reprendre/", contacts.contact_back, name="contact_back"),
    path("contacts/<int:pk>/fait/", contacts.contact_done, name="contact_done"),
    path("contacts/<int:pk>/remettre/", contacts.contact_again, name="contact_again"),
    path("contacts/<int:pk>/note/", contacts.note_new, name="note_new"),
    path("signaux/photos/<uuid:uuid>/", contacts.signal_photo, name="signal_photo"),
    path("visites/nouvelle/", contacts.visit_new, name="visit_new"),
    path("visites/nouvelle/<int:pk>/", contacts.visit_new, name="visit_new"),
    path("menages/<int:pk>/notes/", contacts.notes, name="notes"),
    path("notes/<int:pk>/", contacts.note_edit, name="note_edit"),
    path("notes/<int:pk>/retirer/", contacts.note_withdraw, name="note_withdraw"),
    path("notes/<int:pk>/reprendre/", contacts.note_back, name="note_back"),
    path("notes/<int:pk>/lire/", contacts.note_open, name="note_open"),
    path("menages/<int:pk>/mesure/", measures.measure_new, name="measure_new"),
    path("menages/<int:pk>/referent/", alerts.referent, name="referent"),
    path("menages/<int:pk>/referent/fin/", measures.referent_end, name="referent_end"),
    path("absences/", alerts.absences, name="absences"),
    path("absences/nouvelle/", alerts.absence_new, name="absence_new"),
    path("absences/<int:pk>/terminer/", alerts.absence_end, name="absence_end"),
    path("absences/<int:pk>/reprendre/", alerts.absence_resume, name="absence_resume"),
    path("mesures/", measures.measures, name="measures"),
    path("mesures/<int:pk>/", measures.measure, name="measure"),
    path("mesures/<int:pk>/contrat/", measures.measure_papers, name="measure_papers"),
    path("mesures/<int:pk>/rouvrir/", measures.measure_reopen, name="measure_reopen"),
    path("mesures/<int:pk>/renouveler/", measures.measure_renew, name="measure_renew"),
    path("mesures/<int:pk>/jours/", measures.measure_move, name="measure_move"),
    path("mesures/<int:pk>/confier/", measures.measure_give, name="measure_give"),
    path("mesures/<int:pk>/retirer/", measures.measure_withdraw, name="measure_withdraw"),
    path("mesures/<int:pk>/reprendre/", measures.measure_back, name="measure_back"),
    path("mesures/<int:pk>/clore/", measures.measure_close, name="measure_close"),
]
