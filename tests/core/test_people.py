"""Accounts: one-time links that work once, administrators who cannot all go, and edits that lose nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from incubator.core import links, passwords, people, sign_in
from incubator.core.people import Appointment
from incubator.models.person import Membership, OneTimeLink, Person, SignIn
from incubator.values.words import Words
from tests.conftest import Clock
from tests.making import make_sites

PASSWORD = "spring-valley-42"
GOVERNOR = [Appointment("province-admin")]
MANAGER = [Appointment("site-manager", 1)]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def add(session: Session, login: str, held: list[Appointment]) -> Person:
    person = people.add(session, login, "", held, PASSWORD)
    assert isinstance(person, Person), person
    return person


@pytest.fixture
def governor(session: Session) -> Person:
    make_sites(session)
    return add(session, "governor", GOVERNOR)


def invite(session: Session, by: Person, login: str = "li") -> links.Made:
    made = links.invite(session, by.id, login, "李四", MANAGER)
    assert not made.problems
    return made


def told(session: Session, token: str) -> Words:
    found = links.look(session, token)
    assert isinstance(found, Words)
    return found


def test_an_invitation_is_accepted_once(session: Session, governor: Person) -> None:
    made = invite(session, governor)
    assert links.accept(session, made.token, " 李四 ", PASSWORD) == made.person_id
    person = session.get_one(Person, made.person_id)
    assert (person.name, person.login, people.held_by(person)) == ("李四", "li", set(MANAGER))
    assert sign_in.proven(sign_in.credentials(session, "li"), PASSWORD) == person.id
    again = links.accept(session, made.token, "别人", "another-valley-42")
    assert isinstance(again, list)
    assert [problem.message for problem in again] == [links.ENDED["used"]] == [told(session, made.token)]
    assert person.name == "李四"


def test_nobody_signs_in_before_a_password_was_chosen(session: Session, governor: Person) -> None:
    invite(session, governor)
    assert sign_in.proven(sign_in.credentials(session, "li"), "") is None


def test_looking_uses_nothing(session: Session, governor: Person) -> None:
    made = invite(session, governor)
    for _ in range(3):
        assert isinstance(links.look(session, made.token), OneTimeLink)


def test_what_is_wrong_with_name_and_password_is_told_and_the_link_lives(session: Session, governor: Person) -> None:
    made = invite(session, governor)
    problems = links.accept(session, made.token, " ", "short")
    assert isinstance(problems, list)
    assert [problem.field for problem in problems] == ["name", "password"]
    assert isinstance(links.look(session, made.token), OneTimeLink)


def test_a_link_expires(session: Session, governor: Person, clock: Clock) -> None:
    made = invite(session, governor)
    clock.moment += timedelta(days=7)
    assert "2026-11-09" in told(session, made.token).zh
    assert isinstance(links.accept(session, made.token, "李四", PASSWORD), list)


def test_a_link_to_reset_lives_a_day_and_the_old_password_until_it_is_used(
    session: Session, governor: Person, clock: Clock
) -> None:
    person = add(session, "wang", MANAGER)
    sign_in.begin(session, person.id)
    made = links.make(session, governor.id, person)
    found = links.look(session, made.token)
    assert isinstance(found, OneTimeLink)
    assert (found.purpose, found.expires_at - found.made_at) == ("reset", timedelta(days=1))
    assert sign_in.proven(sign_in.credentials(session, "wang"), PASSWORD) == person.id
    assert links.accept(session, made.token, "王工", "autumn-valley-77") == person.id
    assert sign_in.proven(sign_in.credentials(session, "wang"), PASSWORD) is None
    assert not sign_in.browsers(session, person.id), "every browser is signed out"


def test_a_newer_link_takes_the_place_of_the_one_before(session: Session, governor: Person) -> None:
    made = invite(session, governor)
    newer = links.make(session, governor.id, session.get_one(Person, made.person_id))
    assert told(session, made.token) == links.ENDED["replaced"]
    assert isinstance(links.look(session, newer.token), OneTimeLink)


def test_a_withdrawn_invitation_leaves_nothing_and_its_login_is_free(session: Session, governor: Person) -> None:
    made = invite(session, governor)
    assert not links.withdraw(session, session.get_one(Person, made.person_id))
    assert told(session, made.token) == links.UNKNOWN
    assert people.by_login(session, "li") is None
    assert session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 1
    invite(session, governor)


def test_a_withdrawn_reset_leaves_the_person(session: Session, governor: Person) -> None:
    person = add(session, "wang", MANAGER)
    made = links.make(session, governor.id, person)
    assert not links.withdraw(session, person)
    assert told(session, made.token) == links.ENDED["withdrawn"]
    assert [problem.message for problem in links.withdraw(session, person)] == [links.NOT_PENDING]
    assert people.by_login(session, "wang") is person


def test_somebody_disabled_gets_no_link_and_uses_none(session: Session, governor: Person) -> None:
    person = add(session, "wang", MANAGER)
    made = links.make(session, governor.id, person)
    people.set_active(session, person, active=False)
    assert told(session, made.token) == links.DISABLED
    assert isinstance(links.accept(session, made.token, "王工", PASSWORD), list)
    assert [problem.message for problem in links.make(session, governor.id, person).problems] == [links.DISABLED]


def test_a_token_is_stored_as_a_hash_only(session: Session, governor: Person) -> None:
    made = invite(session, governor)
    assert made.token not in repr(session.execute(sa.select(OneTimeLink.__table__)).all())


@pytest.mark.parametrize("token", ["", "nothing", "x" * 500, "\u0000", "晋"])
def test_a_token_that_is_none_is_refused_kindly(session: Session, governor: Person, token: str) -> None:
    assert told(session, token) == links.UNKNOWN


def test_the_last_administrator_stays(session: Session, governor: Person) -> None:
    last = people.LAST_GOVERNOR.fill(name="governor")
    add(session, "viewer", [Appointment("province-viewer")])
    waiting = links.invite(session, governor.id, "newcomer", "", GOVERNOR)
    assert [p.message for p in people.set_active(session, governor, active=False)] == [last]
    assert [p.message for p in people.appoint(session, governor, MANAGER)] == [last]
    assert [p.message for p in people.appoint(session, governor, [])] == [last]
    assert isinstance(links.accept(session, waiting.token, "新人", PASSWORD), int)
    assert not people.appoint(session, governor, MANAGER), "another one can sign in now"


def test_an_administrator_does_not_disable_themselves_by_accident(session: Session, governor: Person) -> None:
    add(session, "second", GOVERNOR)
    refused = [people.NOT_ONESELF]
    assert [p.message for p in people.set_active(session, governor, active=False, by=governor.id)] == refused
    mark = people.mark(governor)
    change = people.change(session, governor.id, governor.id, mark, "新名字", MANAGER)
    assert [p.message for p in change] == refused
    assert not people.change(session, governor.id, governor.id, mark, "新名字", GOVERNOR)


def test_an_edit_of_what_somebody_else_changed_is_refused(session: Session, governor: Person) -> None:
    person = add(session, "wang", MANAGER)
    opened = people.mark(person)
    assert not people.change(session, governor.id, person.id, opened, "王工", [Appointment("site-viewer", 2)])
    stale = people.change(session, governor.id, person.id, opened, "王处", MANAGER)
    assert [p.message for p in stale] == [people.STALE]
    assert (person.name, people.held_by(person)) == ("王工", {Appointment("site-viewer", 2)})
    assert not people.change(session, governor.id, person.id, people.mark(person), "王处", MANAGER)


def test_two_administrators_who_remove_each_other_at_once_do_not_both_succeed(engine: sa.Engine) -> None:
    with Session(engine) as session:
        ids = [add(session, login, GOVERNOR).id for login in ("one", "two")]
        session.commit()
    refused: list[bool] = []
    line = threading.Barrier(2)

    def remove(by: int, whom: int) -> None:
        with Session(engine) as session:
            line.wait()
            refused.append(bool(people.set_active(session, session.get_one(Person, whom), active=False, by=by)))
            session.commit()

    rivals = [threading.Thread(target=remove, args=pair) for pair in (ids, ids[::-1])]
    for one in rivals:
        one.start()
    for one in rivals:
        one.join(60)
    assert sorted(refused) == [False, True]


def test_a_link_used_by_two_at_once_is_used_once(engine: sa.Engine) -> None:
    with Session(engine) as session:
        made = links.invite(session, add(session, "governor", GOVERNOR).id, "li", "", GOVERNOR)
        session.commit()
    answers: list[bool] = []
    line = threading.Barrier(2)

    def accept(name: str) -> None:
        with Session(engine) as session:
            line.wait()
            answers.append(isinstance(links.accept(session, made.token, name, PASSWORD), int))
            session.commit()

    rivals = [threading.Thread(target=accept, args=(name,)) for name in ("甲", "乙")]
    for one in rivals:
        one.start()
    for one in rivals:
        one.join(60)
    assert sorted(answers) == [False, True]


def test_browsers_are_listed_until_they_end(session: Session, governor: Person, clock: Clock) -> None:
    first = sign_in.begin(session, governor.id, sign_in.Seen("10.0.0.1", "Firefox/1" * 99))
    second = sign_in.begin(session, governor.id)
    assert governor.signed_in_at == clock.moment
    found = sign_in.browsers(session, governor.id)
    assert [sign_in.is_held_by(row, second) for row in found] == [True, False]
    assert sign_in.is_held_by(found[1], first)
    assert (found[1].address, len(found[1].browser or "")) == ("10.0.0.1", 200)
    people.sign_out_everywhere(session, governor)
    assert sign_in.browsers(session, governor.id) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 0
