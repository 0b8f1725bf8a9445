"""What pages at the door need to know."""

from __future__ import annotations

from django import template

from makegood.web.accounts import mail_is_on
from makegood.web.devices import device

register = template.Library()
register.simple_tag(mail_is_on, name="mail_is_on")
register.filter("device", device)
