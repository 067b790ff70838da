"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from common.memory import settle_heap

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Looking through what is loaded for garbage would hold one page in fifty for 0.1 s.
settle_heap()
