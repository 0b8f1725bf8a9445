"""All addresses: the pages, and signing in, out and changing one's password."""

from allauth.account import views as account
from django.urls import include, path

urlpatterns = [
    path("", include("makegood.web.urls")),
    path("", include("makegood.api.urls")),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
]

handler403 = "makegood.web.refusals.forbidden"
handler404 = "makegood.web.refusals.not_found"
handler500 = "makegood.web.refusals.broken"
