"""Accounts: who may sign in, with which roles; everything an administrator does to them."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from incubator.core import clock, log, passwords
from incubator.models.person import ROLES, FormUnit, Membership, Person, SignIn
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope

GOVERNOR = "province-admin"
PROVINCE_ROLES = frozenset({GOVERNOR, "province-viewer"})
ROLE_WORDS = {
    "province-admin": Words("省级管理员", "Province administrator"),
    "province-viewer": Words("省级查看", "Province viewer"),
    "site-manager": Words("园区管理员", "Site manager"),
    "site-viewer": Words("园区查看", "Site viewer"),
}
PREFERENCES = frozenset({"language", "theme", "unit"})
REMEMBERED = PREFERENCES | {"tour"}
"""Preferences, and what is put away once and for all."""
SHORTEST_LOGIN, LONGEST_LOGIN = 2, 64
LONGEST_NAME = 200

BAD_LOGIN = Words(
    "登录名为 2 至 64 个字符，不含空格和控制字符",
    "A login name has 2 to 64 characters, without blanks and control characters",
)
TAKEN = Words("登录名“{login}”已被使用", "The login name “{login}” is taken")
LONG_NAME = Words("姓名最多 {n} 个字符", "A name has at most {n} characters")
UNKNOWN_ROLE = Words("没有“{role}”这一角色", "There is no role “{role}”")
NEEDS_SITE = Words("园区角色须指明园区", "A role at a site needs a site")
NEEDS_NO_SITE = Words("省级角色不属于任何园区", "A role in the province belongs to no site")
ONE_IN_PROVINCE = Words("一人只能有一个省级角色", "A person has one role in the province at most")
NO_NAME = Words("请填写姓名", "Please fill in: name")
NOT_ONESELF = Words(
    "不能停用自己或更改自己的角色，请由另一位省级管理员操作",
    "You cannot disable yourself or change your own roles; ask another province administrator",
)
LAST_GOVERNOR = Words(
    "{name}是最后一位能登录的省级管理员：请先任命另一位，再停用或更改角色",
    "{name} is the last province administrator who can sign in: appoint another one first",
)
STALE = Words(
    "您打开此页后，该人员已被他人更改，现显示最新内容。未保存；请核对后再次保存",
    "Somebody changed this person after you opened the page. Nothing was saved; check and save again",
)
WRONG_PASSWORD = Words("原密码不对", "The present password is wrong")


class Appointment(NamedTuple):
    """A role at a site, or in the whole province (no site)."""

    role: str
    site_id: int | None = None


def folded_login(text: str) -> str:
    """Return a login name as it is stored and compared: half-width, lower case, trimmed."""
    return unicodedata.normalize("NFKC", text[: LONGEST_LOGIN * 4]).strip().lower()


def appointments(role: str, site_ids: Iterable[int] = ()) -> list[Appointment]:
    """Return one role at each of several sites; at none of them it is one in the province."""
    return [Appointment(role, site_id) for site_id in site_ids] or [Appointment(role)]


def add(
    session: Session, login: str, name: str, held: Collection[Appointment], password: str | None
) -> Person | list[Problem]:
    """Add a person; without a password nobody signs in as them yet. An empty name is the login.

    Returns all problems if there are any.
    """
    login = folded_login(login)
    problems = [*_login_faults(login), *_name_faults(name), *_role_faults(held)]
    problems += [] if password is None else _password_faults(password, login)
    if problems:
        return problems
    person = Person(
        login=login,
        name=name.strip() or login,
        password=None if password is None else passwords.hashed(password),
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        created_at=clock.now(),
        memberships=[Membership(role=one.role, site_id=one.site_id) for one in dict.fromkeys(held)],
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # also when another process took the name a moment ago
        return [Problem("login", TAKEN.fill(login=login), value=login)]
    return person


def listed(session: Session) -> list[Person]:
    """Return everybody by login name, with their roles."""
    return list(session.scalars(sa.select(Person).options(selectinload(Person.memberships)).order_by(Person.login)))


def recorders(session: Session, scope: Scope) -> dict[int, str]:
    """Return the names of those who may have recorded what this person sees, by their numbers."""
    query = sa.select(Person.id, Person.name, Person.login).join(Membership)
    if not scope.everything:
        query = query.where(sa.or_(Membership.site_id.in_(scope.sees), Membership.role == GOVERNOR))
    found = session.execute(query.order_by(Person.login).distinct())
    return {person_id: name or login for person_id, name, login in found}


def by_login(session: Session, login: str) -> Person | None:
    """Return the person of a login name, however it was written."""
    return session.scalar(sa.select(Person).where(Person.login == folded_login(login)))


def held_by(person: Person) -> set[Appointment]:
    """Return the roles a person holds."""
    return {Appointment(one.role, one.site_id) for one in person.memberships}


def mark(person: Person) -> str:
    """Fingerprint what an administrator edits of a person: a form that was opened on another mark is out of date."""
    plain = [person.name, person.active, sorted(map(str, held_by(person)))]
    return hashlib.sha256(repr(plain).encode()).hexdigest()


def change(
    session: Session, by: int | None, person_id: int, opened: str, name: str, held: Collection[Appointment]
) -> list[Problem]:
    """Give a person a name and roles, unless somebody else changed them since the form was opened (`opened`: a mark).

    `by`: the administrator, who does not change their own roles.
    """
    governors = _governors(session)
    person = _locked(session, person_id)
    if mark(person) != opened:
        return [Problem("", STALE)]
    problems = [*_required_name(name), *_name_faults(name), *_role_faults(held)]
    if person_id == by and set(held) != held_by(person):
        problems.append(Problem("role", NOT_ONESELF))
    if problems:
        return problems
    person.name = name.strip()
    return _appoint(session, person, held, governors)


def appoint(session: Session, person: Person, held: Collection[Appointment]) -> list[Problem]:
    """Make these a person's roles and take away all others; holds from the next request on."""
    return _role_faults(held) or _appoint(session, person, held, _governors(session))


def _appoint(
    session: Session, person: Person, held: Collection[Appointment], governors: Collection[int]
) -> list[Problem]:
    wanted = set(held)
    if Appointment(GOVERNOR) not in wanted and _is_last(person, governors):
        return [Problem("role", LAST_GOVERNOR.fill(name=person.name))]
    for one in person.memberships:
        if Appointment(one.role, one.site_id) not in wanted:
            session.delete(one)
    session.flush()  # before the new ones: only one role in the province is allowed at a time
    for role, site_id in wanted - held_by(person):
        session.add(Membership(person_id=person.id, role=role, site_id=site_id))
    session.flush()
    session.expire(person, ["memberships"])
    return []


def _governors(session: Session) -> list[int]:
    """Return the province administrators who can sign in, and lock them: two of them may be demoting each other.

    Locked before any other person, in the order of their numbers, so that nobody waits in a circle.
    """
    query = (
        sa.select(Person.id)
        .join(Membership)
        .where(Membership.role == GOVERNOR, Person.active, Person.password.is_not(None))
        .order_by(Person.id)
        .with_for_update()
    )
    return list(session.scalars(query))


def _is_last(person: Person, governors: Collection[int]) -> bool:
    return set(governors) == {person.id}


def _locked(session: Session, person_id: int) -> Person:
    """Return a person as they are now, held until the transaction ends."""
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    session.expire(person, ["memberships"])
    return person


def set_password(session: Session, person: Person, password: str) -> list[Problem]:
    """Give a person a new password and sign out every browser of theirs."""
    problems = _password_faults(password, person.login)
    if not problems:
        person.password = passwords.hashed(password)
        sign_out_everywhere(session, person)
    return problems


def change_password(session: Session, person: Person, present: str, password: str) -> list[Problem]:
    """Set a password on the word of its owner, who must know the present one."""
    if not passwords.verified(person.password, present):
        return [Problem("present", WRONG_PASSWORD), *_password_faults(password, person.login)]
    return set_password(session, person, password)


def set_active(session: Session, person: Person, *, active: bool, by: int | None = None) -> list[Problem]:
    """Disable a person, at once and in every browser, or let them sign in again; roles stay as they are.

    `by`: the administrator, who does not disable themselves.
    """
    governors = _governors(session)
    if not active and person.id == by:
        return [Problem("", NOT_ONESELF)]
    if not active and _is_last(person, governors):
        return [Problem("", LAST_GOVERNOR.fill(name=person.name))]
    person.active = active
    sign_out_everywhere(session, person)
    return []


def rename(session: Session, person: Person, name: str) -> list[Problem]:
    """Give a person another name; what they recorded shows it from now on."""
    problems = [*_required_name(name), *_name_faults(name)]
    if not problems:
        person.name = name.strip()
        session.flush()
    return problems


def prefer(session: Session, person_id: int, chosen: Mapping[str, str]) -> None:
    """Keep how a person likes to see things: `language`, `theme`, `unit`, `tour`; what is not named stays."""
    person = session.get_one(Person, person_id)
    for name in REMEMBERED & chosen.keys():
        setattr(person, name, chosen[name])
    session.flush()


def form_unit(session: Session, person_id: int, form: str) -> str:
    """Return the unit in which a person typed the amounts of a form last; "" before the first time."""
    found = session.get(FormUnit, (person_id, form))
    return "" if found is None else found.unit


def keep_form_unit(session: Session, person_id: int, form: str, unit: str) -> None:
    """Keep that unit for the next time."""
    if form_unit(session, person_id, form) != unit:
        session.merge(FormUnit(person_id=person_id, form=form, unit=unit))
        session.flush()


def sign_out_everywhere(session: Session, person: Person) -> None:
    """Make every cookie of a person worthless."""
    person.fs_uniquifier = secrets.token_hex(32)
    session.execute(sa.delete(SignIn).where(SignIn.person_id == person.id))
    session.flush()
    log.note(session, log.Note("sign_out_everywhere", "person", person.id, label=person.login))


def _login_faults(login: str) -> list[Problem]:
    fits = SHORTEST_LOGIN <= len(login) <= LONGEST_LOGIN and login.isprintable() and " " not in login
    return [] if fits else [Problem("login", BAD_LOGIN, value=login)]


def _name_faults(name: str) -> list[Problem]:
    return [Problem("name", LONG_NAME.fill(n=LONGEST_NAME))] if len(name.strip()) > LONGEST_NAME else []


def _required_name(name: str) -> list[Problem]:
    return [] if name.strip() else [Problem("name", NO_NAME)]


def _password_faults(password: str, login: str) -> list[Problem]:
    fault = passwords.fault(password, login)
    return [Problem("password", fault)] if fault else []


def _role_faults(held: Collection[Appointment]) -> list[Problem]:
    problems = [Problem("role", fault, value=one.role) for one in held if (fault := _role_fault(one))]
    if sum(one.role in PROVINCE_ROLES for one in set(held)) > 1:
        problems.append(Problem("role", ONE_IN_PROVINCE))
    return problems


def _role_fault(one: Appointment) -> Words | None:
    if one.role not in ROLES:
        return UNKNOWN_ROLE.fill(role=one.role)
    if one.role in PROVINCE_ROLES:
        return NEEDS_NO_SITE if one.site_id is not None else None
    return NEEDS_SITE if one.site_id is None else None
