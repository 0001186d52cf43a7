"""`flask demo`: fills an empty database with the demonstration data and makes the accounts to look at it with."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import NamedTuple

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from incubator.cli.speaking import fail, progress_bar, tell, writing
from incubator.core import passwords, people
from incubator.core.demo import aftermath
from incubator.core.demo.load import is_empty, load
from incubator.models.person import Person
from incubator.models.site import Site
from incubator.values.words import Words

NOT_EMPTY = Words(
    "数据库里已有园区：演示数据只装入没有园区的数据库",
    "The database has sites already: the demonstration data goes into a database without sites only",
)
NOT_READY = Words(
    "数据库里不是演示数据，或已补录过：后续数据只补录一次",
    "The database does not hold the demonstration, or holds its aftermath already: that is recorded once",
)
AFTERMATH = Words(
    "已补录后续数据（补录、更正、冲销各一项，补录入驻一户）；运行 flask reconcile 查看差异说明",
    "The aftermath is recorded (one contract late, one corrected, one reversed, one admission late); "
    "flask reconcile shows the bridges",
)
LOADING = Words("装入演示数据", "Loading the demonstration data")
LOADED = Words(
    "演示数据已装入；演示账号和密码在 {path}", "The demonstration data is loaded; its accounts are in {path}"
)
HEADING = Words("演示账号（登录名、密码、角色）", "Demonstration accounts (login name, password, role)")
ACCOUNTS_FILE = "demo-accounts.txt"


class Account(NamedTuple):
    """Somebody to sign in as: a login name, a name, a role, and the slug of its site ("" = the province)."""

    login: str
    name: str
    role: str
    slug: str = ""


ACCOUNTS = (
    Account("shengting", "省厅管理员（示例）", "province-admin"),
    Account("tingzhang", "厅长（示例）", "province-viewer"),
    Account("taiyuan", "太原园区管理员（示例）", "site-manager", "taiyuan"),
    Account("datong", "大同园区管理员（示例）", "site-manager", "datong"),
    Account("jinzhong", "晋中园区管理员（示例）", "site-manager", "jinzhong"),
    Account("taiyuan-kan", "太原园区查看（示例）", "site-viewer", "taiyuan"),
)


@click.command("demo")
@click.option("--aftermath", "later", is_flag=True, help="Also record, today, what was learned after publication.")
@with_appcontext
def command(later: bool) -> None:  # noqa: FBT001 - a flag of the shell
    """Load the demonstration data into a database without sites."""
    with writing() as session:
        empty = is_empty(session)
        if not empty and not later:
            fail([NOT_EMPTY])
        path = _load(session) if empty else None
        if later:
            _record_aftermath(session)
    if path is not None:
        tell(LOADED.fill(path=path))
    if later:
        tell(AFTERMATH)


def _load(session: Session) -> Path:
    """Load the data and make the accounts; returns the file with their passwords."""
    path = Path(current_app.config["INSTANCE"]) / ACCOUNTS_FILE
    made: dict[Account, str] = {}

    def recorders() -> dict[str, int]:
        """Make the accounts; the manager of each site records there."""
        made.update(_make_accounts(session))
        managers = (account for account in made if account.role == "site-manager")
        return {account.slug: _number(session, account.login) for account in managers}

    with progress_bar(LOADING) as progress:
        load(session, progress, recorders)
    _write_privately(path, _listing(made))  # before the commit: an account whose password is lost is of no use
    return path


def _number(session: Session, login: str) -> int:
    return session.scalars(sa.select(Person.id).filter_by(login=login)).one()


def _record_aftermath(session: Session) -> None:
    if not aftermath.is_ready(session):
        fail([NOT_READY])
    problems = aftermath.closed(session)
    if problems:
        fail(problem.message for problem in problems)
    aftermath.play(session)


def _make_accounts(session: Session) -> dict[Account, str]:
    """Make every account with a password of its own; returns the passwords."""
    site_ids = {site.slug: site.id for site in session.scalars(sa.select(Site))}
    made = {}
    for account in ACCOUNTS:
        where = [site_ids[account.slug]] if account.slug else []
        made[account] = passwords.generate()
        held = people.appointments(account.role, where)
        person = people.add(session, account.login, account.name, held, made[account])
        if not isinstance(person, Person):
            fail(person)
    return made


def _listing(made: dict[Account, str]) -> str:
    """Return the accounts as people read them, in both languages."""
    lines = [f"{HEADING.zh} · {HEADING.en}", ""]
    for account, password in made.items():
        role = people.ROLE_WORDS[account.role]
        place = f" · {account.slug}" if account.slug else ""
        lines.append(f"  {account.login:<12} {password}  {role.zh} {role.en}{place}")
    return "\n".join([*lines, ""])


def _write_privately(path: Path, text: str) -> None:
    """Write a file that nobody else can read at any moment, and give it its name when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
