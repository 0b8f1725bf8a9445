"""The web server's entry: the web service for its addresses, Django's pages for all others."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.project.settings")

pages = get_wsgi_application()

# The routes load models, which need Django to be set up.
from makegood.api.application import Application  # noqa: E402
from makegood.api.routes import ROUTES  # noqa: E402

service = Application(ROUTES)
_SERVICE = ("/api/", "/odata/")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request."""
    path = environ.get("PATH_INFO", "")
    if path.startswith(_SERVICE) or path in ("/api", "/odata"):
        return service(environ, start_response)
    return pages(environ, start_response)
