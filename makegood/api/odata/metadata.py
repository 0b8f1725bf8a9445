"""What the service says of itself: the service document, and the types and sets in CSDL 4.0."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from xml.etree import ElementTree

from makegood.api.odata.edm import Edm
from makegood.api.odata.sets import SETS
from makegood.api.odata.shape import EntitySet, Property

NAMESPACE = "makegood"
CONTAINER = "Container"
_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"
_FACETS = {Edm.DECIMAL: {"Precision": "20", "Scale": "6"}, Edm.MOMENT: {"Precision": "6"}}


def service_document(context: str) -> dict[str, Any]:
    """The sets that can be read; ``context`` is the address of the metadata."""
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in SETS]
    return {"@odata.context": context, "value": sets}


@cache
def csdl() -> bytes:
    """The metadata document; the same bytes for the same sets."""
    root = ElementTree.Element("edmx:Edmx", {"xmlns:edmx": _EDMX, "Version": "4.0"})
    services = ElementTree.SubElement(root, "edmx:DataServices")
    schema = ElementTree.SubElement(services, "Schema", {"xmlns": _EDM, "Namespace": NAMESPACE})
    for one in SETS.values():
        _entity_type(schema, one)
    container = ElementTree.SubElement(schema, "EntityContainer", {"Name": CONTAINER})
    for one in SETS.values():
        kind = f"{NAMESPACE}.{type_name(one)}"
        ElementTree.SubElement(container, "EntitySet", {"Name": one.name, "EntityType": kind})
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def type_name(one: EntitySet) -> str:
    """The name of the type of a set's rows."""
    return f"{one.name}Type"


def _entity_type(schema: ElementTree.Element, one: EntitySet) -> None:
    kind = ElementTree.SubElement(schema, "EntityType", {"Name": type_name(one)})
    key = ElementTree.SubElement(kind, "Key")
    for name in one.key:
        ElementTree.SubElement(key, "PropertyRef", {"Name": name})
    for found in one.described:
        ElementTree.SubElement(kind, "Property", _attributes(found))


def _attributes(found: Property) -> dict[str, str]:
    nullable = {} if found.nullable else {"Nullable": "false"}
    return {"Name": found.name, "Type": found.type.value, **nullable, **_FACETS.get(found.type, {})}


def context_of(root: str, one: EntitySet, chosen: Iterable[str] = (), *, entity: bool = False) -> str:
    """The address of what describes an answer."""
    names = ",".join(chosen)
    return f"{root}/$metadata#{one.name}{f'({names})' if names else ''}{'/$entity' if entity else ''}"
