"""All addresses: the pages, and the door: signing in and out, passwords, second steps."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import include, path, re_path
from django.views.generic import RedirectView

urlpatterns = [
    path("", include("makegood.web.urls")),
    path("", include("makegood.api.urls")),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/reset/", account.password_reset, name="account_reset_password"),
    path("account/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("account/reset/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("account/security/", RedirectView.as_view(pattern_name="security"), name="mfa_index"),
    path("account/code/", mfa.authenticate, name="mfa_authenticate"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/authenticator/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/authenticator/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/recovery-codes/file/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]

handler403 = "makegood.web.refusals.forbidden"
handler404 = "makegood.web.refusals.not_found"
handler429 = "makegood.web.refusals.too_many"
handler500 = "makegood.web.refusals.broken"
