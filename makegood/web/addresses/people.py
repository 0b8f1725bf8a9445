"""Addresses of people, roles, limits, and one's own sign-in."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import invitations, limits, people, person, roles, security

urlpatterns: list[URLPattern] = [
    path("admin/people/", people.people, name="people"),
    path("admin/people/invite/", people.invite, name="person_invite"),
    path("admin/people/<int:user_id>/", person.person, name="person"),
    path("admin/people/<int:user_id>/again/", people.again, name="person_again"),
    path("admin/people/<int:user_id>/take-back/", people.take_back, name="person_take_back"),
    path("admin/people/<int:user_id>/switch/", person.switch, name="person_switch"),
    path("admin/people/<int:user_id>/second-step/", person.second_step, name="person_second_step"),
    path("admin/people/<int:user_id>/limits/", limits.limits, name="person_limits"),
    path("admin/people/<int:user_id>/why/", limits.why_not, name="person_why"),
    path("admin/people/roles/", roles.roles, name="roles"),
    path("admin/people/roles/new/", roles.role, name="role_new"),
    path("admin/people/roles/<int:role_id>/", roles.role, name="role"),
    path("admin/people/roles/<int:role_id>/delete/", roles.delete, name="role_delete"),
    path("invitation/<str:secret>/", invitations.accept, name="invitation"),
    path("preferences/security/", security.security, name="security"),
    path("preferences/security/sessions/", security.end_others, name="sessions_end"),
    path("preferences/security/sessions/<int:session_id>/", security.end_one, name="session_end"),
]
