"""People as rows and words: their roles, their state, the browsers in which they are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core import links, people, sites
from incubator.core.access import Scope
from incubator.web import filters
from incubator.web.context import link
from incubator.web.filters import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from incubator.core.people import Appointment
    from incubator.models.person import OneTimeLink, Person
    from incubator.values.words import Words

EVERYTHING = Scope(everything=True)
BROWSERS = (("Edg", "Edge"), ("Firefox/", "Firefox"), ("MicroMessenger", "微信"), ("Chrome/", "Chrome"),
            ("Safari/", "Safari"))  # fmt: skip
"""What browsers call themselves, the more special before those they pretend to be."""
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def site_words(session: Session) -> dict[int, Words]:
    """Return the names of all sites by number."""
    return {site.id: sites.words(site) for site in sites.visible_sites(session, EVERYTHING)}


def roles(held: Iterable[Appointment], names: Mapping[int, Words]) -> str:
    """Return roles in words, the province's first: 省级查看；园区管理员（晋创谷·太原）."""
    ordered = sorted(held, key=lambda one: (one.site_id or 0, one.role))
    return _("；").join(_role(one, names) for one in ordered) or _("没有角色")


def _role(one: Appointment, names: Mapping[int, Words]) -> str:
    word = said(people.ROLE_WORDS[one.role])
    return word if one.site_id is None else _("%(role)s（%(site)s）", role=word, site=said(names[one.site_id]))


def browser(text: str) -> str:
    """Return the kind of a browser and its system, as far as it says so: Firefox · Windows."""
    found = [next((name for mark, name in table if mark in text), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or _("未知设备")


def state(person: Person, open_link: OneTimeLink | None) -> dict[str, str]:
    """Return whether somebody can sign in, as word, colour and shape."""
    if not person.active:
        return {"word": _("已停用"), "kind": "quiet", "shape": "○"}
    if person.password:
        return {"word": _("正常"), "kind": "good", "shape": "●"}
    if open_link is None or links.has_expired(open_link):
        return {"word": _("邀请已过期"), "kind": "bad", "shape": "■"}
    return {"word": _("待接受邀请"), "kind": "doubt", "shape": "◐"}


def columns() -> list[dict[str, str]]:
    """Return the columns of the list of people."""
    return [
        {"key": "name", "label": _("姓名")},
        {"key": "login", "label": _("登录名"), "kind": "text"},
        {"key": "roles", "label": _("角色"), "kind": "text"},
        {"key": "seen", "label": _("最近登录"), "kind": "date"},
        {"key": "state", "label": _("状态"), "kind": "status"},
    ]


def rows(
    found: Iterable[Person], open_links: Mapping[int, OneTimeLink], names: Mapping[int, Words]
) -> list[dict[str, Any]]:
    """Return a row for each person."""
    return [
        {
            "cells": {
                "name": {"text": person.name, "href": link("people.edit", person_id=person.id)},
                "login": person.login,
                "roles": roles(people.held_by(person), names),
                "seen": filters.moment(person.signed_in_at),
                "state": {"status": state(person, open_links.get(person.id))},
            }
        }
        for person in found
    ]
