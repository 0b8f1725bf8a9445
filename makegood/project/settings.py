"""Django's settings, from the environment alone.

DATABASE_URL, MAKEGOOD_DATA, SECRET_KEY select the installation; MAKEGOOD_HOSTS names its hosts
(comma-separated), MAKEGOOD_URL the address in links, MAKEGOOD_SECURE=1 says that it is served over TLS,
MAKEGOOD_PROXIES how many proxies of the operator stand in front and add to X-Forwarded-For,
MAKEGOOD_MAIL_HOST, _PORT, _USER, _PASSWORD and _FROM name the mail server, MAKEGOOD_MAIL_FOLDER a folder for mail
where there is none, MAKEGOOD_DEBUG=1 is for developers.
MAKEGOOD_STATEMENT_LIMIT is how long one statement of a page or a call may run (30s unless said otherwise),
MAKEGOOD_WEBHOOK_ALLOW lists where webhooks may go besides public https addresses: comma-separated hosts (host or
host:port) and networks (10.1.0.0/16); to those they also go without TLS and to any port. MAKEGOOD_FETCH_ALLOW lists the
same for recordings that are fetched; MAKEGOOD_FETCH_AUTH is a JSON object of hosts (host or host:port) and what the
Authorization header says to each.
MAKEGOOD_S3_BUCKET, _ENDPOINT, _REGION, _KEY, _SECRET and _PREFIX put files into a bucket instead of a folder of the
installation; MAKEGOOD_CLAMD=host:port names a virus scanner (see makegood.project.storage); MAKEGOOD_LOOSE_FILES is how
many files one person may hand in within a day before a dispute shows them (200).
"""

import os
import re
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from whitenoise.compress import Compressor

from makegood.kernel.outside import credentials as fetch_auth
from makegood.kernel.outside.addresses import allowed_from
from makegood.project import database_url, installation, storage
from makegood.project.problems import OperatorProblem

BASE_DIR = Path(__file__).resolve().parents[2]


def _switch(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in {"", "0", "1"}:
        raise OperatorProblem(f"{name} must be 0 or 1.")
    return value == "1"


TESTING = _switch("MAKEGOOD_TESTING")
DEBUG = _switch("MAKEGOOD_DEBUG")
SECURE = _switch("MAKEGOOD_SECURE")
PROXIES = int(os.environ.get("MAKEGOOD_PROXIES") or 0)
HOSTS = [host.strip() for host in os.environ.get("MAKEGOOD_HOSTS", "").split(",") if host.strip()]

DATA_DIR = installation.data_dir()
# Without an installation (checks, mypy) any key will do; commands that serve make a lasting one first.
SECRET_KEY = installation.secret_key(DATA_DIR) or secrets.token_urlsafe(48)

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *HOSTS]
ROOT_URLCONF = "makegood.project.urls"
WSGI_APPLICATION = "makegood.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # First, so that its templates win over those of the packages below.
    "makegood.web",
    "makegood.api",
    "makegood.webhooks",
    "makegood.notifications",
    "makegood.insights",
    "makegood.imports",
    "makegood.disputes",
    "makegood.evidence",
    "makegood.billing",
    "makegood.ledger",
    "makegood.parties",
    "makegood.journal",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "makegood.web.middleware.PageGZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "makegood.web.middleware.SizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "makegood.web.middleware.PrincipalMiddleware",
    "makegood.web.middleware.TextMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "makegood.web.presence.PresenceMiddleware",
    "makegood.web.second_step.SecondStepMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Commands set DATABASE_URL to the embedded server before they connect; until then this address leads nowhere.
DATABASES: dict[str, dict[str, Any]] = {
    "default": database_url.parse(os.environ.get("DATABASE_URL") or "postgresql://makegood@/makegood?host=/nonexistent")
}

# Of the web server alone: a page or a call never holds the database longer; work behind it may.
STATEMENT_LIMIT = os.environ.get("MAKEGOOD_STATEMENT_LIMIT", "")
if STATEMENT_LIMIT:
    if not re.fullmatch(r"[0-9]{1,6}(ms|s|min)", STATEMENT_LIMIT):
        raise OperatorProblem("MAKEGOOD_STATEMENT_LIMIT is a time such as 30s or 2min.")
    _options = DATABASES["default"]["OPTIONS"]
    _options["options"] = f"{_options.get('options', '')} -c statement_timeout={STATEMENT_LIMIT}".strip()

# A bulk decision names each of its up to 5,000 disputes (makegood.web.views.plans) in one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "makegood" / "locale"]

# Sign-in: e-mail and password; accounts are made by the operator.
AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["makegood.web.accounts.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "makegood.web.accounts.ClosedAccountAdapter"
ACCOUNT_FORMS = {"reset_password": "makegood.web.accounts.ResetForm"}
MFA_FORMS = {
    "authenticate": "makegood.web.codes.CodeForm",
    "reauthenticate": "makegood.web.codes.CodeAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# How often somebody may try, by address, e-mail or person; 429 beyond that.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "invitation": "20/m/ip",
}
MFA_ADAPTER = "makegood.web.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "makegood"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10
# Counted for all processes together, so that a limit holds whichever of them answers.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "parties_shared_value",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}

# Until a mail server or a folder for mail is configured, mail goes nowhere.
EMAIL_HOST = os.environ.get("MAKEGOOD_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("MAKEGOOD_MAIL_PORT") or 587)
EMAIL_HOST_USER = os.environ.get("MAKEGOOD_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("MAKEGOOD_MAIL_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_TIMEOUT = 20
MAIL_FOLDER = os.environ.get("MAKEGOOD_MAIL_FOLDER", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
if MAIL_FOLDER and not EMAIL_HOST:
    EMAIL_BACKEND = "makegood.web.outbox.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("MAKEGOOD_MAIL_FROM") or "makegood@localhost"
# Where people reach the pages, for links in mail.
PUBLIC_URL = os.environ.get("MAKEGOOD_URL", "").rstrip("/")
"""As the operator says it; empty where nobody did."""
SITE_URL = PUBLIC_URL or f"http{'s' if SECURE else ''}://{HOSTS[0] if HOSTS else 'localhost:8000'}"

# Where webhooks may go besides public https addresses (makegood.kernel.outside.addresses).
WEBHOOK_ALLOW = tuple(filter(None, os.environ.get("MAKEGOOD_WEBHOOK_ALLOW", "").replace(" ", "").split(",")))
try:
    allowed_from(WEBHOOK_ALLOW)
except ValueError as error:
    raise OperatorProblem(f"MAKEGOOD_WEBHOOK_ALLOW cannot be read: {error}.") from error

# From where recordings are fetched besides public https addresses, and what hosts are told.
FETCH_ALLOW = tuple(filter(None, os.environ.get("MAKEGOOD_FETCH_ALLOW", "").replace(" ", "").split(",")))
FETCH_AUTH: dict[str, str] = {}
try:
    allowed_from(FETCH_ALLOW)
except ValueError as error:
    raise OperatorProblem(f"MAKEGOOD_FETCH_ALLOW cannot be read: {error}.") from error
try:
    FETCH_AUTH = fetch_auth.read(os.environ.get("MAKEGOOD_FETCH_AUTH", ""))
except ValueError as error:
    raise OperatorProblem(f"MAKEGOOD_FETCH_AUTH cannot be read: {error}.") from error

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "makegood.web.refusals.csrf_failed"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS if SECURE]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # The waveform brings a style sheet of its own; it carries the nonce of the page.
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
NODE_MODULES = Path(os.environ.get("MAKEGOOD_ASSETS") or BASE_DIR / "node_modules")
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "makegood.web.assets.NodeModulesFinder",
]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What people attach, and recordings. Never below a folder that a web server serves.
    "evidence": storage.evidence_storage(os.environ, DATA_DIR),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# How many files one person, or one token of nobody, may hand in within a day before a dispute shows them.
LOOSE_FILES_PER_DAY = int(os.environ.get("MAKEGOOD_LOOSE_FILES") or 200)
CLAMD = storage.scanner(os.environ)
"""Host and port of the virus scanner; without one nothing is scanned."""
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
# Source maps are read by nobody but debuggers, and compressing them takes as long as all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"makegood": {"level": "INFO"}},
}

if TESTING:
    ALLOWED_HOSTS.append("testserver")
    ACCOUNT_RATE_LIMITS = False
    # Fast on purpose: tests sign in hundreds of made-up people.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
