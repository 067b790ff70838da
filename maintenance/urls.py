"""Addresses of the repairs (under `/technique/`)."""

from django.urls import path

from maintenance.rounds import views as phone
from maintenance.tickets import views as desk

app_name = "maintenance"
urlpatterns = [
    path("demandes/", desk.tickets, name="tickets"),
    path("demandes/attribuer/", desk.assign_many, name="assign_many"),
    path("demandes/attribuer/annuler/", desk.assign_back, name="assign_back"),
    path("demandes/nouvelle/", desk.ticket_new, name="ticket_new"),
    path("demandes/<int:pk>/", desk.ticket, name="ticket"),
    path("demandes/<int:pk>/attribuer/", desk.assign, name="ticket_assign"),
    path("demandes/<int:pk>/attente/", desk.hold, name="ticket_hold"),
    path("demandes/<int:pk>/reprendre/", desk.resume, name="ticket_resume"),
    path("demandes/<int:pk>/annuler/", desk.cancel, name="ticket_cancel"),
    path("demandes/<int:pk>/passage/", desk.note_done, name="ticket_note_done"),
    path("photos/<uuid:uuid>/", desk.photo, name="photo"),
    path("tournee/", phone.round_view, name="round"),
    path("tournee/<int:pk>/", phone.job, name="job"),
    path("tournee/<int:pk>/commencer/", phone.job_start, name="job_start"),
    path("tournee/<int:pk>/absent/", phone.job_absent, name="job_absent"),
    path("tournee/<int:pk>/clore/", phone.job_close, name="job_close"),
    path("tournee/<int:pk>/annuler/", phone.job_undo, name="job_undo"),
    path("tournee/<int:pk>/photos/", phone.job_photos, name="job_photos"),
    path("tournee/<int:pk>/photos/<uuid:uuid>/retirer/", phone.job_photo_remove, name="job_photo_remove"),
    path("tournee/<int:pk>/signal/", phone.job_signal, name="job_signal"),
    path("signaux/<int:pk>/retirer/", phone.signal_withdraw, name="signal_withdraw"),
    path("jai-vu/", phone.signal, name="signal"),
]
