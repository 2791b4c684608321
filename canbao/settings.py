"""Settings: everything that differs between two installations comes from the environment.

Keys have no default. Commands that need none (checks, migrations) run without them; whatever
seals, signs or pays refuses to start until they are there (`canbao check` names each one).
"""

import secrets
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(env("CANBAO_HOME", default=str(BASE_DIR / "var")))

DEMO = env.bool("CANBAO_DEMO", default=False)
DEBUG = env.bool("CANBAO_DEBUG", default=False)
# Only Django's own signing uses this; a random one costs no more than open forms at a restart.
SECRET_KEY = env("CANBAO_SECRET_KEY", default="") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = env.list("CANBAO_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
BASE_URL = env("CANBAO_BASE_URL", default="http://127.0.0.1:8000")
PACKS_DIR = Path(env("CANBAO_PACKS", default=str(BASE_DIR / "packs")))

# PEM files of the seal on papers, and its certificate; empty: papers go unsealed.
SEAL_KEY_FILE = env("CANBAO_SEAL_KEY", default="")
SEAL_CERT_FILE = env("CANBAO_SEAL_CERT", default="")
# Partners that may find, open and confirm: {name: {"secret": hex, "channel": a channel of the packs}}.
PARTNERS_FILE = env("CANBAO_PARTNERS", default="")
# Where a payer is sent from the check page.
PAY_ORIGINS = [
    "https://wx.tenpay.com",
    "https://openapi.alipay.com",
    "https://api-mop.chinaums.com",  # sends the payer on to the next
    "https://qr.chinaums.com",
]
# Hex, 32 bytes each. The gene secret can never change once a row exists; the root key can be rotated.
GENE_SECRET_HEX = env("CANBAO_GENE_SECRET", default="")
ROOT_KEY_HEX = env("CANBAO_ROOT_KEY", default="")
# The file `sandbox keys` writes, or the same fields for the real merchant.
WECHAT_MERCHANT_FILE = env("CANBAO_WECHAT_MERCHANT", default="")
# The same of the identity provider; without one nobody logs in, and no e-credential is asked after.
# Its origin belongs into CANBAO_PAY_ORIGINS, since forms lead there.
IDENTITY_FILE = env("CANBAO_IDENTITY", default="")
ALIPAY_MERCHANT_FILE = env("CANBAO_ALIPAY_MERCHANT", default="")
UNIONPAY_MERCHANT_FILE = env("CANBAO_UNIONPAY_MERCHANT", default="")
# The merchant number of the card terminals at the acquirer; empty: there are none.
POS_MERCHANT = env("CANBAO_POS_MERCHANT", default="")
# The number under which banks know us for batch deduction; empty: none is asked for.
BANK_AGREEMENT = env("CANBAO_BANK_AGREEMENT", default="")
# How the tax authority knows us; empty: nothing is told, and what must be told before it is paid waits.
TAX_FILE = env("CANBAO_TAX", default="")
# The same of medical insurance; empty: it is told nothing, and told all that was paid once it is set.
MEDICAL_FILE = env("CANBAO_MEDICAL", default="")
PLATFORM_FILE = env("CANBAO_PLATFORM", default="")
# How carriers of short messages and WeChat templates know us; empty: messages wait, nobody is told.
MESSAGES_FILE = env("CANBAO_MESSAGES", default="")
TRUSTED_PROXY_HOPS = env.int("CANBAO_PROXY_HOPS", default=0)

INSTALLED_APPS = ["django.contrib.staticfiles", "csp", "canbao.records"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "canbao.faces.citizen.guard.StepsAside",
]
ROOT_URLCONF = "canbao.faces.urls"
WSGI_APPLICATION = "canbao.faces.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "canbao" / "faces" / "citizen" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "canbao.faces.citizen.look.page",
            ],
            "builtins": ["canbao.faces.citizen.words"],
            "string_if_invalid": "⟦missing %s⟧" if DEBUG else "",
        },
    }
]

# While this file is there, residents get the page of E-1107 with its text; channels are still listened to.
MAINTENANCE_FILE = HOME / "maintenance"
HOME.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": env.db("CANBAO_DATABASE_URL", default=f"sqlite:///{HOME / 'canbao.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # The write lock is taken at BEGIN, so two writers queue instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["ENGINE"] = "canbao.records.postgres"
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Behind a pooler that hands out a connection a transaction, a cursor kept by the server would be lost.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "canbao" / "faces" / "citizen" / "static"]
STATIC_ROOT = BASE_DIR / "build" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
FILE_UPLOAD_HANDLERS = ["canbao.faces.citizen.people.uploads.Bounded"]
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_FAILURE_VIEW = "canbao.faces.citizen.guard.csrf_failed"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# Not no-referrer: browsers would then send `Origin: null` with our own forms.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if BASE_URL.startswith("https://") else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF, *env.list("CANBAO_PAY_ORIGINS", default=PAY_ORIGINS)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("CANBAO_LOG_LEVEL", default="WARNING")},
}
