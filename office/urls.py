"""URLs of the office, under `/bureau/`."""

from django.urls import URLPattern, path

from office.access import views as access
from office.confirmations import views as confirmations
from office.digests import views as digests
from office.house import views as house
from office.jobs import views as jobs
from office.messages import views as messages
from office.notices import views as notices
from office.parameters import views as parameters
from office.saved_views import views as saved_views
from office.schemes import views as schemes
from office.staff import views as staff

app_name = "office"
urlpatterns: list[URLPattern] = [
    path("reglages/", house.settings, name="settings"),
    path("reglages/association/", house.association, name="association"),
    path("reglages/comptes/nouveau/", house.bank_account, name="bank_account_new"),
    path("reglages/comptes/<int:pk>/", house.bank_account, name="bank_account"),
    path("reglages/iban/", house.iban_changes, name="iban_changes"),
    path("reglages/iban/<int:pk>/", house.iban_change_decide, name="iban_change_decide"),
    path("reglages/iban/<int:pk>/annuler/", house.iban_change_take_back, name="iban_change_take_back"),
    path("organismes/", house.organisations, name="organisations"),
    path("organismes/nouveau/", house.organisation, name="organisation_new"),
    path("organismes/<int:pk>/", house.organisation, name="organisation"),
    path("equipe/", staff.staff, name="staff"),
    path("equipe/nouvelle-personne/", staff.staff_new, name="staff_new"),
    path("equipe/envois/", digests.staff_messages_list, name="staff_messages"),
    path("equipe/demandes/", staff.staff_requests, name="staff_requests"),
    path("equipe/demandes/<int:pk>/", staff.staff_request_decide, name="staff_request_decide"),
    path("equipe/<int:pk>/", staff.staff_member, name="staff_member"),
    path("equipe/<int:pk>/role/", staff.staff_role, name="staff_role"),
    path("equipe/<int:pk>/acces/", staff.staff_active, name="staff_active"),
    path("equipe/<int:pk>/lien/", staff.staff_link, name="staff_link"),
    path("equipe/roles/<int:pk>/fin/", staff.staff_role_end, name="staff_role_end"),
    path("equipe/groupes/nouveau/", staff.team, name="team_new"),
    path("equipe/groupes/<int:pk>/", staff.team, name="team"),
    path("parametres/", parameters.parameters, name="parameters"),
    path("parametres/valeurs/<int:pk>/", parameters.parameter_value, name="parameter_value"),
    path("parametres/valeurs/<int:pk>/retirer/", parameters.parameter_withdraw, name="parameter_withdraw"),
    path("parametres/valeurs/<int:pk>/verifier/", parameters.parameter_verify, name="parameter_verify"),
    path("parametres/<str:key>/", parameters.parameter, name="parameter"),
    path("aides/", schemes.schemes, name="schemes"),
    path("aides/nouvelle/", schemes.scheme, name="scheme_new"),
    path("aides/<int:pk>/", schemes.scheme, name="scheme"),
    path("vues/", saved_views.my_views, name="my_views"),
    path("vues/nouvelle/", saved_views.saved_view_new, name="saved_view_new"),
    path("vues/<int:pk>/nom/", saved_views.saved_view_rename, name="saved_view_rename"),
    path("vues/<int:pk>/retirer/", saved_views.saved_view_remove, name="saved_view_remove"),
    path("vues/<int:pk>/annuler/", saved_views.saved_view_back, name="saved_view_back"),
    path("messages/", messages.message_list, name="messages"),
    path("messages/textes/", messages.text_list, name="message_texts"),
    path("messages/textes/<slug:kind>/<slug:channel>/", messages.text, name="message_text"),
    path("messages/courrier/", messages.post, name="post"),
    path("messages/courrier/sortir/", messages.post_take, name="post_take"),
    path("messages/courrier/postees/", messages.post_done, name="post_done"),
    path("messages/courrier/non-postees/", messages.post_not_done, name="post_not_done"),
    path("messages/courrier/remettre/", messages.post_back, name="post_back"),
    path("messages/courrier/lettres.pdf", messages.post_pdf, name="post_pdf"),
    path("messages/courrier/liste.csv", messages.post_list, name="post_list"),
    path("messages/appels/", messages.calls, name="calls"),
    path("messages/appels/feuille/", messages.calls_paper, name="calls_paper"),
    path("messages/<uuid:uuid>/papier.pdf", messages.message_pdf, name="message_pdf"),
    path("messages/<uuid:uuid>/appel/", messages.call_done, name="call_done"),
    path("messages/<uuid:uuid>/appel/annuler/", messages.call_not_done, name="call_not_done"),
    path("messages/<uuid:uuid>/revenue/", messages.message_returned, name="message_returned"),
    path("messages/<uuid:uuid>/", messages.message, name="message"),
    path("messages/<uuid:uuid>/retirer/", messages.message_withdraw, name="message_withdraw"),
    path("messages/<uuid:uuid>/renvoyer/", messages.message_again, name="message_again"),
    path("messages/<uuid:uuid>/vu/", messages.message_seen, name="message_seen"),
    path("travaux/", jobs.jobs, name="jobs"),
    path("travaux/<int:pk>/", jobs.job, name="job"),
    path("travaux/<int:pk>/avancement/", jobs.job_progress, name="job_progress"),
    path("travaux/<int:pk>/reprendre/", jobs.job_resume, name="job_resume"),
    path("notifications/", notices.notices, name="notices"),
    path("notifications/vues/", notices.notices_seen, name="notices_seen"),
    path("notifications/remettre/", notices.notices_unseen, name="notices_unseen"),
    path("notifications/choix/", digests.notice_choices, name="notice_choices"),
    path("notifications/<int:pk>/", notices.notice, name="notice"),
    path("journal/", access.access_log, name="access_log"),
    path("journal/connexions/", access.sign_ins, name="sign_ins"),
    path("journal/confirmations/", confirmations.confirmations, name="confirmations"),
    path("calendrier/", access.calendar, name="calendar"),
    path("calendrier/supprimer/", access.calendar_end, name="calendar_end"),
    path("jetons/", access.tokens, name="tokens"),
    path("jetons/<int:pk>/revoquer/", access.token_revoke, name="token_revoke"),
]
