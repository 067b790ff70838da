"""What a phone needs to work without network: the manifest, the service worker, the page without network, a token.

All four tell nothing of anybody: a phone asks for them before somebody has signed in, or after.
"""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET

from office.access.requests import HouseRequest
from office.devices.keeping import mark_of

# What a page needs to be shown is kept with the service worker, whose own parts are the first three.
_PARTS = ("vendor/idb.js", "common/outbox.js", "common/service.js")
_SHELL = (
    *_PARTS[:2], "vendor/tabler.css", "vendor/icons.svg", "vendor/hanken-grotesk-latin-wght-normal.woff2",
    "django_htmx/htmx-2.min.js", "common/ancrage.css", "common/ancrage.js", "common/forms.js", "common/icon.svg",
    "common/list.js", "common/panel.js", "common/phone.js", "common/theme.js", "common/upload.js",
)  # fmt: skip


@login_not_required
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """The name, the colours and the icons of the product on a phone's screen."""
    icons = [("any", "image/svg+xml", "common/icon.svg")]
    icons += [(f"{side}x{side}", "image/png", f"common/icon-{side}.png") for side in (192, 512)]
    return JsonResponse(
        {
            "id": "/", "name": "Ancrage", "short_name": "Ancrage", "lang": "fr", "start_url": "/", "scope": "/",
            "description": "Logement d’insertion : la journée de l’équipe", "display": "standalone",
            "background_color": "#ffffff", "theme_color": "#0e5a63",
            "icons": [{"sizes": sizes, "type": kind, "src": static(name)} for sizes, kind, name in icons],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


@login_not_required
@require_GET
def service(request: HttpRequest) -> HttpResponse:
    """The service worker of the whole site. Its text changes with the digest of any file that it keeps: the browser
    then takes the new one."""
    told = {
        "shell": [static(name) for name in _SHELL],
        "offline": reverse("devices:offline"),
        "signIn": reverse("account_login"),
        "token": reverse("devices:token"),
    }
    parts = ", ".join(json.dumps(static(name)) for name in _PARTS)
    text = f"self.ANCRAGE = {json.dumps(told)};\nimportScripts({parts});\n"
    answer = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows in place of a page that it doesn't keep."""
    return render(request, "office/devices/offline.html")


@login_not_required
@require_GET
def token(request: HouseRequest) -> HttpResponse:
    """Who is signed in, and a token for what waits on the phone."""
    return JsonResponse({"person": mark_of(request.actor), "token": get_token(request)})
