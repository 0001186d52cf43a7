"""`flask user`: makes accounts, gives and takes roles, sets passwords, disables."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from incubator.cli.speaking import fail, looking, said, tell, writing
from incubator.core import passwords, people, sites
from incubator.core.access import Scope
from incubator.models.person import ROLES, Person
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from incubator.core.people import Appointment

NOBODY = Words("没有登录名为“{login}”的人员", "There is nobody with the login name “{login}”")
NO_SITE = Words("没有标识为“{slug}”的园区", "There is no site with the slug “{slug}”")
MADE = Words("生成的密码只显示这一次：", "The password was made for you and is shown this once:")
ADDED = Words("已添加 {login}", "{login} was added")
DISABLED = Words("{login} 已停用，所有设备均已退出登录", "{login} is disabled and signed out everywhere")
ENABLED = Words("{login} 已恢复", "{login} may sign in again")
CHANGED = Words("{login} 的密码已更换，所有设备均已退出登录", "{login} has a new password and is signed out everywhere")
ACTIVE = Words("正常", "active")
INACTIVE = Words("已停用", "disabled")
EVERYTHING = Scope(everything=True)

group = AppGroup("user", help="People who sign in, and their roles.")
_login = click.argument("login")
_role = click.option("--role", required=True, type=click.Choice(ROLES))
_site = click.option("--site", "slugs", multiple=True, metavar="SLUG", help="Where the role holds; repeatable.")
_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")


@group.command("add")
@_login
@_role
@_site
@click.option("--name", default="", help="What the person is called; the login name if left out.")
@_stdin
def add(login: str, role: str, slugs: tuple[str, ...], name: str, *, password_stdin: bool) -> None:
    """Add a person; a password is made and shown once unless one comes in."""
    password = _password(from_stdin=password_stdin)
    with writing() as session:
        person = people.add(session, login, name, _appointments(session, role, slugs), password)
        if not isinstance(person, Person):
            fail(person)
        login = person.login
    tell(ADDED.fill(login=login))
    _show(password, from_stdin=password_stdin)


@group.command("list")
def show_all() -> None:
    """List everybody: login, name, state, roles, separated by tabs."""
    with looking() as session:
        slugs = {site.id: site.slug for site in sites.visible_sites(session, EVERYTHING)}
        for person in people.listed(session):
            roles = [f"{one.role}@{slugs[one.site_id]}" if one.site_id else one.role for one in person.memberships]
            state = said(ACTIVE if person.active else INACTIVE)
            click.echo("\t".join((person.login, person.name, state, " ".join(roles))))


@group.command("role")
@_login
@_role
@_site
@click.option("--add", "change", flag_value="add", help="Keep the roles the person has.")
@click.option("--remove", "change", flag_value="remove", help="Take this role away, and no other.")
def role(login: str, role: str, slugs: tuple[str, ...], change: str | None) -> None:
    """Give a person this role in place of all others; it holds from their next click."""
    with writing() as session:
        person = _person(session, login)
        named = set(_appointments(session, role, slugs))
        held = people.held_by(person)
        wanted = {"add": held | named, "remove": held - named}.get(change or "", named)
        problems = people.appoint(session, person, wanted)
        if problems:
            fail(problems)


@group.command("password")
@_login
@_stdin
def password(login: str, *, password_stdin: bool) -> None:
    """Set a new password and sign the person out everywhere."""
    new = _password(from_stdin=password_stdin)
    with writing() as session:
        problems = people.set_password(session, _person(session, login), new)
        if problems:
            fail(problems)
    tell(CHANGED.fill(login=login))
    _show(new, from_stdin=password_stdin)


@group.command("disable")
@_login
@click.option("--undo", is_flag=True, help="Let the person sign in again.")
def disable(login: str, *, undo: bool) -> None:
    """Let a person in no more, from their next click on."""
    with writing() as session:
        problems = people.set_active(session, _person(session, login), active=undo)
        if problems:
            fail(problems)
    tell((ENABLED if undo else DISABLED).fill(login=login))


def _person(session: Session, login: str) -> Person:
    person = people.by_login(session, login)
    return person if person is not None else fail([NOBODY.fill(login=login)])


def _appointments(session: Session, role: str, slugs: Sequence[str]) -> list[Appointment]:
    found = {slug: sites.site_by_slug(session, EVERYTHING, slug) for slug in slugs}
    unknown = [Problem("--site", NO_SITE.fill(slug=slug)) for slug, site in found.items() if site is None]
    if unknown:
        fail(unknown)
    return people.appointments(role, [site.id for site in found.values() if site is not None])


def _password(*, from_stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else passwords.generate()


def _show(password: str, *, from_stdin: bool) -> None:
    if not from_stdin:
        tell(MADE)
        click.echo(password)
