"""The web server's entry: the web service for its addresses, Django's pages for all others."""

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.project.settings")

pages = get_wsgi_application()

# The routes load models, which need Django to be set up.
from makegood.api.application import Application  # noqa: E402
from makegood.api.routes import ROUTES  # noqa: E402
from makegood.project.proxies import from_outside  # noqa: E402

service = Application(ROUTES)
_SERVICE = ("/api/", "/odata/")

# What was loaded stays for good, every page's module included: looking through it again and again for garbage would
# hold up one page in twenty.
get_resolver().url_patterns  # noqa: B018 - asking for them loads them
gc.collect()
gc.freeze()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request."""
    from_outside(environ, settings.PROXIES)
    path = environ.get("PATH_INFO", "")
    if path.startswith(_SERVICE) or path in ("/api", "/odata"):
        return service(environ, start_response)
    return pages(environ, start_response)
