"""URLs: French paths, one namespace per app."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path

from desk.views.calendar import calendar_feed
from office.messages.views import octopush_report
from office.staff.views import forgotten_password
from social_link.referrals.public import referral_link

# What the house asked of allauth, at allauth's own names. Its other pages are not there: that of addresses lets whoever
# is signed in change the address that he signs in with. Sign-up says that the administration opens accounts.
ACCOUNT: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", forgotten_password, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
]

handler500 = "common.trouble.failed"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("config.api")),
    path("compte/", include(ACCOUNT)),
    path("remise/", include([path("octopush/<str:secret>/", octopush_report, name="octopush_report")])),
    path("calendrier/", include([path("<str:secret>.ics", calendar_feed, name="calendar_feed")])),
    path("saisine/", include([path("<str:secret>/", referral_link, name="referral_link")])),
    path("appareil/", include("office.devices.urls")),
    path("bureau/", include("office.urls")),
    path("parc/", include("stock.urls")),
    path("menages/", include("leases.urls")),
    path("loyers/", include("rent_ledger.urls")),
    path("technique/", include("maintenance.urls")),
    path("social/", include("social_link.urls")),
    path("", include("desk.urls")),
]
