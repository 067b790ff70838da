"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from common.memory import settle_heap

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Otherwise the garbage collector scans all loaded modules, which delays one page in fifty by 0.1 s.
settle_heap()
