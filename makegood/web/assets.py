"""The browser assets from npm: exactly these files, served straight from node_modules, nothing copied into
the tree."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# Public name -> file in node_modules; its source map comes along where the package has one.
FILES = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "echarts/echarts.js": "echarts/dist/echarts.common.min.js",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "wavesurfer/wavesurfer.esm.js": "wavesurfer.js/dist/wavesurfer.esm.js",
    "swagger-ui/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
}


class PackageFiles(FileSystemStorage):
    """The allowed files under their public names."""

    def path(self, name: str) -> str:
        """The file behind a public name, or behind that of its source map."""
        plain = name.removesuffix(".map")
        return str(Path(settings.NODE_MODULES, FILES[plain] + name.removeprefix(plain)))


class NodeModulesFinder(BaseFinder):
    """Finds the allowed files and nothing else."""

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """The file behind a public name; nothing for any other name."""
        matches = [PackageFiles().path(name) for name in _names() if name == path]
        return matches if find_all else next(iter(matches), [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, PackageFiles]]:
        """Every file with the storage that reads it."""
        storage = PackageFiles()
        for name in _names():
            yield name, storage


def _names() -> list[str]:
    """The public names of the files that are there."""
    storage = PackageFiles()
    wanted = [name + ending for name in FILES for ending in ("", ".map")]
    return [name for name in wanted if Path(storage.path(name)).is_file()]
