"""Settings. Everything a place may differ in comes from the environment; docs/operations.md lists the variables."""

import os
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab

from config import embedded
from config.places import ROOT, data_dir, secret

BASE_DIR = ROOT
DATA_DIR = data_dir()
env = os.environ

DEBUG = False
# Demo people may be loaded: on the embedded database unless refused, on a real one only when asked for.
DEMO = (env.get("DEMO") or ("0" if env.get("DATABASE_URL") else "1")) != "0"
SECRET_KEY = env.get("SECRET_KEY") or secret("secret-key")

# The address people and QR codes use. With https the cookies and headers become strict.
PUBLIC_BASE_URL = (env.get("PUBLIC_BASE_URL") or f"http://127.0.0.1:{env.get('PORT') or 8000}").rstrip("/")
_public = urlsplit(PUBLIC_BASE_URL)
SECURE = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += [host.strip() for host in env.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

INSTALLED_APPS = [
    "config",
    "projects",
    "workflows",
    "registry",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "viewflow",
    "viewflow.workflow",
    "guardian",
    "axes",
    "csp",
    "django_htmx",
    "bootstrap",
    "heroicons",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "workflows.views.readable.BoundedRequests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "workflows.views.readable.ReadableRequests",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: the runtime role serves; commands that change the schema ask for the owner (manage.py). A place with one
# role only is served, but then nothing but triggers keeps append-only tables (config/grants.py says so).
if env.get("DATABASE_URL"):
    DATABASE_URLS = {"runtime": env["DATABASE_URL"], "owner": env.get("DATABASE_OWNER_URL") or env["DATABASE_URL"]}
else:
    DATABASE_URLS = {role: embedded.database_url(role) for role in (embedded.RUNTIME, embedded.OWNER)}
DATABASE_RUNTIME_ROLE = dj_database_url.parse(DATABASE_URLS["runtime"])["USER"]
DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_URLS[env.get("DATABASE_ROLE") or "runtime"], conn_max_age=600, conn_health_checks=True
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "registry.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ANONYMOUS_USER_NAME = None  # guardian: nobody holds a grant without an account
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "landing", "/"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "workflows.views.addresses.client_address"
# How many reverse proxies of ours stand in front; each adds one address to X-Forwarded-For.
TRUSTED_PROXIES = int(env.get("TRUSTED_PROXIES") or 0)
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# 30 minutes without a request end a session (GB/T 22239, level 2: an idle session is ended).
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE

# Transport and content
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "workflows.views.errors.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the case page shows a paper of ours in a frame
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # asks for DENY
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
}

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
CLOCK_TEST_MODE = env.get("CLOCK_TEST_MODE") == "1"
CLOCK_OFFSET_FILE = env.get("CLOCK_OFFSET_FILE") or str(DATA_DIR / "clock-offset")

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "config.static_files.ServedAppsFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.HashedStorage"},
}
MEDIA_ROOT = env.get("MEDIA_ROOT") or DATA_DIR / "media"  # has no URL: a file is served by a view that asks who may see it
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
KEYS_DIR = DATA_DIR / "keys"  # this installation's secrets, readable by its user only

# Paper: WeasyPrint reads fonts from these folders only, so that a paper looks alike on every machine.
FONTCONFIG_FILE = DATA_DIR / "fonts.conf"
if FONTCONFIG_FILE.exists():
    env.setdefault("FONTCONFIG_FILE", str(FONTCONFIG_FILE))

# Cache and worker
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.get("CACHE_URL") or embedded.cache_url(),
    }
}
CELERY_BROKER_URL = env.get("CELERY_BROKER_URL") or embedded.broker_url()
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # KiB; rendering paper lets a process grow
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away must not hold up a person's click: the outbox row is already safe, the sweep sends it later.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 10,
    "visibility_timeout": 900,
    "max_retries": 1,  # of a publisher; the worker goes on trying
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False
# A task that waited longer than its own interval is dropped: the next one does the same work.
CELERY_BEAT_SCHEDULE = {
    "drain_outbox": {"task": "workflows.drain_outbox", "schedule": 5, "options": {"expires": 5}},
    "sweep_due": {"task": "workflows.sweep_due", "schedule": 60, "options": {"expires": 60}},
    "make_daily_anchor": {"task": "workflows.make_daily_anchor", "schedule": crontab(hour="0", minute="10")},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

VIEWFLOW = {"AUTOREGISTER": False}  # its pages and middleware are not used
DEFAULT_FROM_EMAIL = env.get("DEFAULT_FROM_EMAIL") or "no-reply@localhost"
EMAIL_BACKEND = env.get("EMAIL_BACKEND") or "django.core.mail.backends.console.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.get("LOG_LEVEL") or "INFO"},
    "loggers": {
        # One line for each of the sweeps every few seconds would bury the rest.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
    },
}
