"""The document of the web service, made from its table of addresses: OpenAPI 3.1, and 3.0 derived from it."""

from makegood.api.openapi.routes import describing

__all__ = ["describing"]
