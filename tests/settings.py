"""The product's settings, but for what a test must not reach: the demo's database, queue and files."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES, VAR_DIR

if "embedded_postgres" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"] |= {
        "CLUSTER": "test-postgres",
        # A test cluster may be lost at any moment: what costs time there is safety.
        "CLUSTER_OPTIONS": {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    }
DATABASES["default"]["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = VAR_DIR / "test-media"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Messages stay in the process that sends them; a test of real workers sets CELERY_BROKER_URL for its own processes.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT = None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}

# Counts of sign-ins and the like end with the process.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
