"""Settings of Ancrage. Every production choice is an environment variable, listed in the README."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.contrib.messages import constants as message_levels

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("ANCRAGE_VAR") or BASE_DIR / "var")
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _private(name: str) -> Path:
    """A folder of our own data that nobody else of this machine reads."""
    path = VAR_DIR / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):  # a folder that several machines mount has its own owner
        path.chmod(0o700)
    return path


def _local_secret(name: str) -> str:
    """A secret of this machine, made once, for an installation that sets none (demo, tests)."""
    path = VAR_DIR / name
    if not path.exists():
        # Whole, or not there: of processes that start together, one makes it and no other reads half of it.
        fresh = VAR_DIR / f".{name}-{os.getpid()}"
        with open(fresh, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()


def _named_keys(name: str) -> dict[str, str]:
    """Words by their names, in their order. One without a name has the empty one, which the checks refuse."""
    parts = [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
    return {key if colon else "": word or key for key, colon, word in (part.partition(":") for part in parts)}


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "oui"}


DEBUG = _flag("ANCRAGE_DEBUG")
SECRET_IS_LOCAL = not os.environ.get("ANCRAGE_SECRET_KEY")
SECRET_KEY = _local_secret("secret_key") if SECRET_IS_LOCAL else os.environ["ANCRAGE_SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ANCRAGE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ANCRAGE_ORIGINS", "").split(",") if o]
HTTPS = _flag("ANCRAGE_HTTPS")

INSTALLED_APPS = [
    "demo",
    "config",
    "desk",
    "social_link",
    "maintenance",
    "rent_ledger",
    "leases",
    "stock",
    "office",
    "common",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.static_files.Middleware",
    "common.middleware.CompressionMiddleware",
    "common.middleware.HeadersMiddleware",
    "common.middleware.NulMiddleware",
    "office.uploads.UploadLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "office.access.idle.IdleMiddleware",
    "office.access.middleware.ActorMiddleware",
    "office.devices.middleware.PersonMiddleware",
    "office.access.middleware.ReadsMiddleware",
    "office.access.middleware.SecondFactorMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# A message carries the hue of its note.
MESSAGE_TAGS = {
    message_levels.INFO: "info",
    message_levels.SUCCESS: "ok",
    message_levels.WARNING: "warn",
    message_levels.ERROR: "danger",
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "office.context_processors.office",
                "desk.context_processors.shell",
            ],
            "builtins": [
                f"common.templatetags.{name}"
                for name in (
                    "figures",
                    "marks",
                    "reasons",
                    "lists",
                    "fields",
                    "cards",
                    "charts",
                )
            ],
        },
    }
]

if os.environ.get("DATABASE_URL"):
    DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "embedded_postgres",
            "NAME": "ancrage",
            "CONN_MAX_AGE": 60,
        }
    }
# A connection that the server has ended is opened again, at the cost of nobody's page.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Behind a pooler in transaction mode, each transaction may find another connection: a cursor that outlives its own
# transaction would be looked for where it is not.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = _flag("ANCRAGE_POOLER")

# How many machines run Ancrage on this database: what only one of them would see is then refused (config.checks).
MACHINES = int(os.environ.get("ANCRAGE_MACHINES", "1"))


def _cache(url: str) -> dict[str, Any]:
    backends = "django.core.cache.backends"
    if not url:
        return {"BACKEND": f"{backends}.filebased.FileBasedCache", "LOCATION": _private("cache")}
    if url == "db":
        return {"BACKEND": f"{backends}.db.DatabaseCache", "LOCATION": "ancrage_cache"}
    return {"BACKEND": f"{backends}.redis.RedisCache", "LOCATION": url}


# Sign-ins are counted here, and the commits of a moment share one wake-up. Files: the processes of one machine.
CACHES = {"default": _cache(os.environ.get("CACHE_URL", ""))}

AUTH_USER_MODEL = "office.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "office.staff.adapters.ClosedSignupAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
# Wrong passwords: five in five minutes for one address of sign-in; more for one place, where a whole office may sit.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/300s/key", "login": "60/m/ip", "referral_link": "60/m/ip"}
# Behind that many reverse proxies, the address of the visitor is read from X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ANCRAGE_PROXIES", "0"))
MFA_FORMS = {
    "authenticate": "office.staff.adapters.CodeForm",
    "activate_totp": "office.staff.adapters.ActivateCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Ancrage"
# Nobody signs up: the administration gives each address, and nothing verifies it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "office.staff.adapters.SealedFactorAdapter"
# Keys that seal the secrets of second factors: the first seals, each opens. Without any: one drawn from the secret.
MFA_KEYS = [key for key in os.environ.get("ANCRAGE_MFA_KEYS", "").split(",") if key] or [SECRET_KEY]
# Keys that wrap those of the notes, by their names (`2026:word,2025:word`): the first wraps, each of them opens. An
# installation that sets its own secret names them too; another one keeps its own beside the database.
NOTE_KEYS: dict[str, str] = _named_keys("ANCRAGE_NOTE_KEYS")
if not NOTE_KEYS and SECRET_IS_LOCAL:
    NOTE_KEYS = {"local": _local_secret("note_key")}
# Roles that must set up a second factor before they see anything, comma separated (codes of office.access.codes.Role).
MFA_REQUIRED_ROLES = {r for r in os.environ.get("ANCRAGE_MFA_ROLES", "").split(",") if r}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%Y-%m-%d"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # filled by whoever first asks for a static file: config.static_files
# What people send is private: on the disk, or in a bucket that nobody reads but us; a view streams it (office.files).
MEDIA_ROOT = _private("media")
FILE_UPLOAD_PERMISSIONS = 0o600
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "office.files.storage.DiskStorage"},
    "staticfiles": {"BACKEND": "config.static_files.Storage"},
}
if os.environ.get("ANCRAGE_S3_BUCKET"):
    # Who we are there, and the region, are said by the variables of AWS (AWS_ACCESS_KEY_ID, …).
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": os.environ["ANCRAGE_S3_BUCKET"],
            "endpoint_url": os.environ.get("ANCRAGE_S3_ENDPOINT") or None,
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": True,
        },
    }
# A function that looks for malware in what is sent: bytes in, the name of what it found or None out.
FILE_SCANNER = os.environ.get("ANCRAGE_FILE_SCANNER", "")
# A file of 200 MB is refused while it arrives (office.uploads), this bounds what a form may hold in memory.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# A session that nobody used for so long ends: at the desk, and where one asked to be remembered (14 days at most).
IDLE_HOURS = int(os.environ.get("ANCRAGE_IDLE_HOURS", "4"))
IDLE_HOURS_REMEMBERED = int(os.environ.get("ANCRAGE_IDLE_HOURS_REMEMBERED", "72"))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

# What leaves for the households (office.messages): `file` writes to MESSAGE_FOLDER, so that nothing leaves unasked.
MESSAGE_FOLDER = _private("outbox")
MAIL_PROVIDER = os.environ.get("ANCRAGE_MAIL", "file")
SMS_PROVIDER = os.environ.get("ANCRAGE_SMS", "file")
OCTOPUSH_URL = os.environ.get("ANCRAGE_OCTOPUSH_URL", "https://api.octopush.com")
OCTOPUSH_LOGIN = os.environ.get("ANCRAGE_OCTOPUSH_LOGIN", "")
OCTOPUSH_KEY = os.environ.get("ANCRAGE_OCTOPUSH_KEY", "")
OCTOPUSH_SENDER = os.environ.get("ANCRAGE_OCTOPUSH_SENDER", "Ancrage")
# What makes the address for its reports of delivery secret; empty: none is taken.
OCTOPUSH_HOOK = os.environ.get("ANCRAGE_OCTOPUSH_HOOK", "")
# The Maildir where the mail server drops what comes for our sender address: its reports of delivery are read there.
BOUNCE_FOLDER = os.environ.get("ANCRAGE_BOUNCE_FOLDER", "")
EMAIL_HOST = os.environ.get("ANCRAGE_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("ANCRAGE_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("ANCRAGE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ANCRAGE_SMTP_PASSWORD", "")
EMAIL_USE_SSL = os.environ.get("ANCRAGE_SMTP_TLS") == "ssl"
EMAIL_USE_TLS = os.environ.get("ANCRAGE_SMTP_TLS", "starttls") == "starttls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("ANCRAGE_MAIL_FROM", "ancrage@localhost")
# Where the links of messages lead, and from which hour (of Paris) the people of the house get their digest.
PUBLIC_URL = os.environ.get("ANCRAGE_URL") or (CSRF_TRUSTED_ORIGINS or ["http://localhost:8000"])[0]
DIGEST_HOUR = int(os.environ.get("ANCRAGE_DIGEST_HOUR", "7"))
# What Django and allauth send themselves: the link for a forgotten password.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if MAIL_PROVIDER == "smtp"
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = MESSAGE_FOLDER

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://localhost/")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# One process per worker, as many workers as one wants. The children of a pool share locks: one that is killed (the
# kernel does it where memory lacks) may hold one for ever, and the others wait while their parent looks alive.
CELERY_WORKER_POOL = "solo"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
if CELERY_BROKER_URL.startswith("filesystem:"):
    _queue = _private("queue")
    CELERY_BROKER_TRANSPORT = "config.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_private("queue_control")),
        "polling_interval": 0.05,
    }

PGHISTORY_APPEND_ONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.DiscreetFormatter", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ANCRAGE_LOG_LEVEL", "WARNING")},
}
