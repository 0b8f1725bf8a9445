"""Addresses of programs, catalogs and message texts."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import campaigns, catalogs, grid, preset_questions, programs, texts

_OF = "admin/catalogs/<slug:key>/"

urlpatterns: list[URLPattern] = [
    path("admin/programs/", programs.programs, name="programs"),
    path("admin/programs/new/", programs.program_new, name="program_new"),
    path("admin/programs/<slug:key>/", programs.program, name="program_page"),
    path("admin/programs/<slug:key>/put-back/", programs.program_back, name="program_back"),
    path("admin/programs/<slug:key>/change/<slug:section>/", programs.change, name="program_change"),
    path("admin/catalogs/", catalogs.catalogs, name="catalogs"),
    path(f"{_OF}grid/", grid.grid, name="grid"),
    path(f"{_OF}grid/put-back/", grid.grid_back, name="grid_back"),
    path(f"{_OF}grid/confirm/", grid.confirm, name="grid_confirm"),
    path(f"{_OF}grid/<str:reason>/<str:finding>/", grid.cell, name="cell"),
    path(f"{_OF}campaigns/", campaigns.campaigns, name="campaigns"),
    path(f"{_OF}campaigns/new/", campaigns.campaign_new, name="campaign_new"),
    path(f"{_OF}campaigns/<path:number>/put-back/", campaigns.campaign_back, name="campaign_back"),
    path(f"{_OF}campaigns/<path:number>/", campaigns.campaign, name="campaign"),
    path(f"{_OF}categories/", campaigns.categories, name="categories"),
    path(f"{_OF}categories/new/", campaigns.category_new, name="category_new"),
    path(f"{_OF}categories/<path:code>/put-back/", campaigns.category_back, name="category_back"),
    path(f"{_OF}categories/<path:code>/", campaigns.category, name="category"),
    path(f"{_OF}questions/", preset_questions.questions, name="preset_questions"),
    path(f"{_OF}<slug:tab>/", catalogs.catalog, name="catalog"),
    path(f"{_OF}<slug:tab>/new/", catalogs.word_new, name="word_new"),
    path(f"{_OF}<slug:tab>/<str:code>/put-back/", catalogs.word_back, name="word_back"),
    path(f"{_OF}<slug:tab>/<str:code>/", catalogs.word, name="word"),
    path("admin/message-texts/", texts.texts, name="message_texts"),
    path("admin/message-texts/<slug:template>/<slug:piece>/<slug:language>/", texts.text, name="message_text"),
    path(
        "admin/message-texts/<slug:template>/<slug:piece>/<slug:language>/put-back/",
        texts.text_back,
        name="message_text_back",
    ),
]
