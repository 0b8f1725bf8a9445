"""The time zones that people choose from: one name per place, without the old and the technical ones."""

from zoneinfo import available_timezones

_PLACES = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")

ZONES = ("UTC", *sorted(name for name in available_timezones() if name.startswith(_PLACES)))
