"""The lists of apps in pyproject.toml, in the settings and on disk agree."""

from django.conf import settings

from tests.architecture.layers import apps_present, contracts, heights

# Apps without the modules of section "inside an app": wiring, pages and the kernel.
WITHOUT_INNER_LAYERS = {"project", "web", "api", "kernel"}


def test_every_app_is_in_the_layers() -> None:
    assert apps_present() - set(heights()) == set()


def test_every_app_with_inner_layers_is_in_that_contract() -> None:
    contract = next(contract for contract in contracts() if contract["name"].startswith("Inside an app"))
    declared = {container.removeprefix("makegood.") for container in contract["containers"]}
    assert declared == apps_present() - WITHOUT_INNER_LAYERS


def test_every_app_with_models_is_installed() -> None:
    installed = {name.removeprefix("makegood.") for name in settings.INSTALLED_APPS if name.startswith("makegood.")}
    assert installed == apps_present() - {"project", "kernel"}
