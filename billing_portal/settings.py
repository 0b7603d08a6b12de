"""
All settings, read from the environment once.

Every variable is described in docs/configuration.md. A bad value stops the
start with a sentence that names the variable; a missing database is reported
by the first connection, so that `simulate` runs where nothing is set up.
"""

import secrets
from pathlib import Path
from typing import Any

import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from billing_portal.api_reference import API_REFERENCE
from billing_portal.broker import broker_settings
from billing_portal.cache import cache_settings
from billing_portal.database import database_settings
from billing_portal.logs import configure_structlog, log_settings
from billing_portal.storages import storage_settings
from billing_portal.usage_store import usage_store_settings
from billing_portal.variables import env, flag, hash_of, whole_number
from values import failpoints

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = flag("DEBUG", default=False)
DEMO = flag("DEMO", default=False)
# Where a test ends or halts this process; the deployment check refuses it.
FAILPOINTS = env.str("FAILPOINTS", default="")
try:
    failpoints.arm(FAILPOINTS)
except failpoints.NotAFailpoint as problem:
    raise ImproperlyConfigured(f"FAILPOINTS: {problem}") from problem
# The demo speaks plain http on this machine; everywhere else https is expected.
HTTPS = flag("HTTPS", default=not (DEBUG or DEMO))
BEHIND_PROXY = flag("BEHIND_PROXY", default=False)

SECRET_KEY_FROM_ENVIRONMENT = env.str("SECRET_KEY", default="")
# Commands such as `simulate` need no secret. A random one signs nothing that outlives
# the process, and the deployment check refuses to pass without a real one.
SECRET_KEY = SECRET_KEY_FROM_ENVIRONMENT or secrets.token_urlsafe(50)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
if not SITE_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; it starts with http:// or https://")

INSTALLED_APPS = [
    "billing_portal.apps.BillingAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "djmoney",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "health_check",
    "django_structlog",
    "csp",
    "django_htmx",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "accounts",
    "usage",
    "catalog",
    "contracts",
    "invoicing",
    "plan_file",
    "portal",
    "partner_portal",
    "billing_portal.apps.PortalProjectConfig",
]

MIDDLEWARE = [
    "billing_portal.request_id.request_id_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.sign_in.not_kept.NotKeptMiddleware",
    "accounts.sign_in.second_factor.StaffSecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "billing_portal.archived_months.archived_months_middleware",
]

ROOT_URLCONF = "billing_portal.urls"
WSGI_APPLICATION = "billing_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.sign_in.brand.brand_of_page",
                "accounts.page_context.page_context",
            ]
        },
    }
]

# --- Data -------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="")
if DATABASE_URL:
    DATABASES = {
        "default": database_settings(
            env.db_url("DATABASE_URL"),
            kept_seconds=whole_number("CONN_MAX_AGE", default=60, least=0),
            prepares=flag("PREPARE_STATEMENTS", default=True),
        )
    }
else:
    DATABASES = {"default": {"ENGINE": "billing_portal.missing_database"}}

# Where events are, and how to get there.
USAGE_STORE, CLICKHOUSE_URL = usage_store_settings(
    env.str("USAGE_STORE", default="postgres"), env.str("CLICKHOUSE_URL", default="")
)

# Also what staff take away is history.
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
)

# Limits on guessing are counted in it: all processes share one.
CACHES = {"default": cache_settings(env.str("CACHE_URL", default=""))}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

# Fixed, so that a newer list of currencies does not ask for a migration.
CURRENCIES = env.list(
    "CURRENCIES",
    default=["USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "JPY", "KWD"],
)

# --- Sign-in ----------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append(
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
)
# One way in for customers and staff; it also answers what Django asks of permissions.
AUTHENTICATION_BACKENDS = ["accounts.sign_in.rights.SignInWithRights"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "accounts.sign_in.adapter.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# An address counts once its owner has shown it (the invitation's link, or a link to confirm a
# new one); an address that staff gave is vouched for by them, see accounts.operations.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# No window is longer than the five minutes that templates/429.html speaks of.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,3/5m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
    "signup": "20/m/ip",
}
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.forms.SignInForm",
    "reset_password": "accounts.sign_in.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.sign_in.forms.ResetPasswordForm",
    "change_password": "accounts.sign_in.forms.ChangePasswordForm",
    "set_password": "accounts.sign_in.forms.SetPasswordForm",
    "add_email": "accounts.sign_in.forms.NewAddressForm",
    "reauthenticate": "accounts.sign_in.forms.PasswordAgainForm",
}

MFA_ADAPTER = "accounts.sign_in.mfa_adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A clock may go wrong by half a minute.
MFA_TOTP_TOLERANCE = 1
# Nobody signs up by themselves with another's address, so that a change of address which waits
# for its confirmation need not keep anybody from a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "accounts.sign_in.second_factor_forms.CodeForm",
    "reauthenticate": "accounts.sign_in.second_factor_forms.CodeAgainForm",
    "activate_totp": "accounts.sign_in.second_factor_forms.FirstCodeForm",
    "add_webauthn": "accounts.sign_in.second_factor_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.sign_in.second_factor_forms.RenamePasskeyForm",
}
STAFF_SECOND_FACTOR = flag("STAFF_SECOND_FACTOR", default=not (DEBUG or DEMO))

# Which of the addresses in X-Forwarded-For is the client's: our own proxies are not.
ALLAUTH_TRUSTED_PROXY_COUNT = whole_number(
    "TRUSTED_PROXY_COUNT", default=1 if BEHIND_PROXY else 0, least=0
)

# --- Language ---------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files -----------------------------------------------------------------------

STATIC_URL = "static/"
# Where a server collects them; the demo serves them from where they are.
STATIC_ROOT = None if DEBUG or DEMO else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG or DEMO
STORAGES = storage_settings(
    # A demo's files go with the demo.
    private=BASE_DIR / (".demo" if DEMO else "private"),
    serves_from_where_they_are=DEBUG or DEMO,
)
USAGE_FILE_MEGABYTES = whole_number("USAGE_FILE_MEGABYTES", default=512, least=1)
USAGE_FILES_KEPT_MEGABYTES = whole_number("USAGE_FILES_KEPT_MEGABYTES", default=20_480, least=1)
USAGE_FILES_WAITING = whole_number("USAGE_FILES_WAITING", default=100, least=1)
USAGE_FILE_DAYS = whole_number("USAGE_FILE_DAYS", default=90, least=1)
# Bills, previews and pages of the last months read single events.
USAGE_RAW_MONTHS = (
    whole_number("USAGE_RAW_MONTHS", default=3, least=3)
    if env.str("USAGE_RAW_MONTHS", default="")
    else None
)

# --- Transport and browsers -------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The batch endpoint states its own limit of 5 MB; a little more lets it say so itself.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# --- API --------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["accounts.api.json_answer.AnswerRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "accounts.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
# What one API key may send in a minute, where it has no limits of its own.
API_REQUESTS_PER_MINUTE = whole_number("API_REQUESTS_PER_MINUTE", default=6_000, least=1)
API_EVENTS_PER_MINUTE = whole_number("API_EVENTS_PER_MINUTE", default=1_000_000, least=10_000)
# More usage is turned away while that of so many customers waits to be priced.
INTAKE_MOST_CUSTOMERS_WAITING = whole_number(
    "INTAKE_MOST_CUSTOMERS_WAITING", default=100_000, least=1
)
# Who knows this token reads the state of usage at /metrics; what it is cannot be read from here.
METRICS_TOKEN_HASH = hash_of("METRICS_TOKEN", fewest_letters=20)
# A warning is logged while so many requests wait to be rolled up.
INTAKE_WARN_REQUESTS_BEHIND = whole_number("INTAKE_WARN_REQUESTS_BEHIND", default=200_000, least=1)

SPECTACULAR_SETTINGS = API_REFERENCE

# --- Files of staff -----------------------------------------------------------------------

# A name that begins with = is text, whatever a spreadsheet would make of it; how, is said by
# accounts.admin.file_formats.
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# --- Background work --------------------------------------------------------------------

globals().update(
    {f"CELERY_{name.upper()}": value for name, value in broker_settings(env.ENVIRON).items()}
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 600
DJANGO_CELERY_BEAT_TZ_AWARE = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# --- Mail -------------------------------------------------------------------------------

# A server that does not answer must not hold a worker, and the row that it sends.
EMAIL_TIMEOUT = 30
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
elif DEMO:
    # Nothing leaves the machine; every message also stands in the admin.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = BASE_DIR / ".demo" / "mail"
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="billing@localhost")

# --- Logs -------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}; DEBUG, INFO, WARNING or ERROR")
# Our own middleware stands before and lets only sane ids through.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
DJANGO_STRUCTLOG_CELERY_ENABLED = True
configure_structlog()
LOGGING = log_settings(level=LOG_LEVEL, for_people=DEBUG or DEMO)
