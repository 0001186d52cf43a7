"""The audit log tells what sessions changed, who did it, old and new; nothing undone, nothing secret, nothing lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from incubator.core import ledger, links, log, log_list, passwords, people, profiles, sign_in, sites, tenants
from incubator.core.access import Scope
from incubator.core.drafts import Act, Draft
from incubator.core.people import Appointment
from incubator.core.profiles import Profile
from incubator.core.verify import verify
from incubator.core.watched import UNWATCHED, WATCHED
from incubator.models.base import Base
from incubator.models.log import LogEntry, LogHead
from incubator.models.person import Person
from incubator.models.setting import Setting
from incubator.models.site import Site
from tests.conftest import Clock
from tests.making import ALL, act, credit_code, make_sites, make_stay

PASSWORD = "spring-valley-42"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def told(session: Session, *codes: str) -> list[LogEntry]:
    session.commit()
    query = sa.select(LogEntry).order_by(LogEntry.id)
    return list(session.scalars(query.where(LogEntry.what.in_(codes)) if codes else query))


def test_every_table_is_watched_or_left_out_for_a_reason() -> None:
    assert Base.metadata.tables.keys() <= WATCHED.keys() | UNWATCHED.keys()
    assert not WATCHED.keys() & UNWATCHED.keys()


def test_every_watched_column_is_there_and_every_code_has_words() -> None:
    for name, spec in WATCHED.items():
        if name in Base.metadata.tables:
            assert {*spec.fields, *spec.unsaid, *filter(None, [spec.label])} <= set(Base.metadata.tables[name].c.keys())
        assert f"{name}.added" in log_list.WHAT
    assert {code for group in log_list.GROUPS.values() for code in group.codes} == log_list.WHAT.keys()
    assert max(map(len, log_list.WHAT)) <= 32


def test_a_profile_is_told_field_by_field_with_who_where_and_why(session: Session) -> None:
    make_sites(session)
    keeper = people.add(session, "keeper", "", [Appointment("site-manager", 1)], PASSWORD)
    assert isinstance(keeper, Person)
    by = Act("first", keeper.id, "form")
    profile = Profile(name="示例甲", credit_code=credit_code(7), industry="I", contact_phone="13800000000")
    settled = tenants.admit(session, ALL, by, 1, profile, date(2026, 3, 1))
    stay = session.scalars(sa.select(Site)).first() and settled.tenant_id
    assert stay
    edited = replace(profile, name="示例乙", contact_phone="13900000000", note="新备注")
    tenants.edit(session, ALL, Act("second", keeper.id, "form", "更名"), 1, 1, edited)
    first, second = told(session, "tenant_version.added")
    assert first.changes["name"] == [None, "示例甲"]
    assert (second.by_id, second.site_id, second.reason, second.label) == (keeper.id, 1, "更名", "示例乙")
    assert second.changes == {
        "tenant_id": [None, stay],
        "version": [None, 2],
        "name": ["示例甲", "示例乙"],
        "note": ["", "新备注"],
        "contact_phone": None,
    }
    assert "138" not in repr(first.changes)
    assert "139" not in repr(second.changes)


def test_the_old_value_is_told_also_when_nobody_had_read_it(session: Session) -> None:
    session.add(Setting(key="deadline", value="5"))
    session.commit()
    session.get_one(Setting, "deadline").value = "8"
    session.flush()
    session.expire_all()
    session.get_one(Setting, "deadline").value = "10"
    changes = [entry.changes for entry in told(session, "setting.changed")]
    assert changes == [{"value": ["5", "8"]}, {"value": ["8", "10"]}]
    session.delete(session.get_one(Setting, "deadline"))
    assert told(session, "setting.removed")[0].changes == {"value": ["10", None]}
    assert verify(session) == []


def test_people_and_roles_are_told_and_no_secret_is(session: Session) -> None:
    make_sites(session)
    log.act_as(session, 77)
    person = people.add(session, "wang", "王五", [Appointment("site-manager", 1)], PASSWORD)
    assert isinstance(person, Person)
    number = person.id
    people.rename(session, person, "王工")
    people.set_password(session, person, "autumn-valley-77")
    people.appoint(session, person, [Appointment("site-viewer", 2)])
    people.prefer(session, number, {"theme": "dark"})
    made = links.make(session, None, person)
    sign_in.begin(session, number, sign_in.Seen("10.0.0.1", "Firefox"))
    sign_in.refused(session, "wang", "10.0.0.2")
    sign_in.refused(session, "spring-valley-42", "10.0.0.2")
    entries = told(session)
    acts = {entry.what: entry for entry in entries}
    assert acts["person.changed"].changes == {"password": None}
    assert next(entry.changes for entry in entries if entry.what == "person.changed") == {"name": ["王五", "王工"]}
    assert (acts["membership.removed"].site_id, acts["membership.added"].site_id) == (1, 2)
    assert acts["membership.removed"].changes == {"person_id": [number, None], "role": ["site-manager", None]}
    assert acts["sign_in"].by_id == number
    assert acts["sign_in"].changes == {"address": [None, "10.0.0.1"]}
    refused = [entry for entry in entries if entry.what == "sign_in_refused"]
    assert [(entry.subject_id, entry.label) for entry in refused] == [(number, "wang"), (None, "")]
    assert {acts[what].by_id for what in ("person.added", "membership.added", "one_time_link.added")} == {77}
    everything = repr(session.execute(sa.select(LogEntry.__table__)).all())
    secrets = [PASSWORD, "autumn-valley-77", made.token, person.password, person.fs_uniquifier]
    assert not [secret for secret in secrets if str(secret) in everything]
    assert verify(session) == []


def test_what_is_undone_is_not_told(session: Session) -> None:
    session.add(Setting(key="kept", value="1"))
    session.flush()
    savepoint = session.begin_nested()
    session.add(Setting(key="undone", value="1"))
    session.flush()
    savepoint.rollback()
    with session.begin_nested():
        session.add(Setting(key="kept too", value="1"))
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.text("INSERT INTO setting (key, value) VALUES ('kept', '2')"))
    assert people.add(session, "one", "", [], PASSWORD)
    assert isinstance(people.add(session, "one", "", [], PASSWORD), list), "its flush fails inside a savepoint"
    assert [entry.label for entry in told(session)] == ["kept", "kept too", "one"]
    session.add(Setting(key="rolled back", value="1"))
    session.flush()
    session.rollback()
    assert len(told(session)) == 3
    assert verify(session) == []


def test_a_transaction_of_ledger_entries_alone_leaves_the_log_alone(session: Session) -> None:
    make_sites(session)
    stay = make_stay(session, 1)
    session.commit()
    before = session.scalars(sa.select(LogHead.number)).one()
    assert not ledger.post(session, ALL, act(), [Draft(stay.id, "ent_admitted", date(2026, 3, 1))]).problems
    session.commit()
    assert session.scalars(sa.select(LogHead.number)).one() == before


def test_moments_increase_also_when_the_clock_steps_back(session: Session, clock: Clock) -> None:
    for step in (0, -3600, -3600, 7200):
        clock.moment += timedelta(seconds=step)
        session.add_all([Setting(key=f"{clock.moment:%H%M%S} {n}", value="") for n in range(2)])
        session.commit()
    moments = [entry.at for entry in told(session)]
    assert len(moments) == 8
    assert all(a < b for a, b in pairwise(moments))


def test_a_statement_past_the_objects_is_refused(session: Session) -> None:
    make_sites(session)
    statements: list[Any] = [
        sa.update(Person).values(active=True),
        sa.delete(Setting),
        sa.insert(Setting).values(key="a", value="b"),
        sa.update(Site).values(slug="x").where(Site.id == 1),
    ]
    for statement in statements:
        with pytest.raises(RuntimeError, match="audit log"):
            session.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE log_entry SET label = 'x'", "DELETE FROM log_entry"])
def test_the_database_refuses_to_change_the_log(session: Session, statement: str) -> None:
    session.add(Setting(key="a", value="b"))
    session.commit()
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.text(statement))


def test_the_log_is_limited_by_site_like_everything_else(session: Session) -> None:
    make_sites(session)
    make_stay(session, 1)
    make_stay(session, 2)
    session.commit()

    def seen(scope: Scope, **asked: Any) -> set[int | None]:
        page = log_list.page(session, scope, log_list.Filter(**asked))
        every = list(log_list.every(session, scope, log_list.Filter(**asked)))
        assert [row.entry.id for row in page.rows] == [row.entry.id for row in every]
        return {row.entry.site_id for row in page.rows}

    assert seen(ALL) == {1, 2, 3}
    assert seen(Scope(5, frozenset({1}))) == {1}
    assert seen(Scope(5, frozenset({1})), site_id=2) == set()
    assert seen(Scope(5)) == set()
    log.note(session, log.Note("sign_in", "person", by_id=5))
    session.commit()
    assert None in seen(ALL)
    assert seen(Scope(5, frozenset({1}))) == {1}


def test_filters_and_pages_find_each_entry_once(session: Session, clock: Clock) -> None:
    people.add(session, "governor", "厅管理员", [Appointment("province-admin")], PASSWORD)
    log.act_as(session, 1)
    for n in range(120):
        session.add(Setting(key=f"key {n}", value=""))
    sites.add_site(session, "taiyuan", "晋创谷·太原", "Taiyuan", None)
    session.commit()
    asked, found = log_list.Filter(group="settings"), []
    while True:
        page = log_list.page(session, ALL, asked)
        found += [row.entry.label for row in page.rows]
        if page.next is None:
            break
        asked = replace(asked, after=page.next)
    assert sorted(found) == sorted({*(f"key {n}" for n in range(120)), "taiyuan"})
    today = clock.moment.date()

    def count(**asked: Any) -> int:
        return len(list(log_list.every(session, ALL, log_list.Filter(**asked))))

    assert count(since=today, until=today) == 123
    assert count(until=today - timedelta(days=1)) == count(since=today + timedelta(days=1)) == 0
    assert count(who=1) == 121
    assert count(who=log_list.NOBODY) == 2
    assert count(text="key 11") == 11
    assert count(text="%") == 0
    assert log_list.people(session, ALL) == [(1, "厅管理员")]


def test_four_workers_chain_every_entry_once(engine: sa.Engine) -> None:
    """Each worker locks other rows of its own first, as the ledger does; the log's head comes last."""
    with Session(engine) as session:
        make_sites(session, 4)
        session.commit()
    line = threading.Barrier(4)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        line.wait()
        try:
            for n in range(10):
                with Session(engine) as session:
                    session.add(Setting(key=f"{number}-{n} before", value=""))
                    session.flush()
                    ledger.lock_sites(session, {1 + number % 2, 3 + n % 2})
                    session.add(Setting(key=f"{number}-{n} after", value=""))
                    session.commit()
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    crowd = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(100)
    assert failed == []
    with Session(engine) as session:
        assert len(told(session, "setting.added")) == 80
        assert verify(session) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), JSON, max_size=4))
def test_the_fingerprint_is_of_the_content_and_not_of_its_order(changes: dict[str, Any]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    values = {"id": 1, "at": at, "changes": changes, "label": "x"}
    backwards = {"label": "x", "changes": dict(reversed(changes.items())), "at": at, "id": 1}
    assert log.entry_hash("p", values) == log.entry_hash("p", backwards)
    assert log.entry_hash("p", values) != log.entry_hash("q", values)
    assert log.entry_hash("p", values) != log.entry_hash("p", values | {"label": "y"})
    assert log.entry_hash("p", values) != log.entry_hash("p", values | {"at": at + timedelta(microseconds=1)})


def test_what_was_there_before_the_log_began_is_no_difference(session: Session) -> None:
    """As after an upgrade: rows without an entry, then a change of one, then new ones."""
    session.execute(sa.text("INSERT INTO site (slug, name_zh, name_en) VALUES ('a', '甲', 'A'), ('b', '乙', 'B')"))
    head = "INSERT INTO site_head (site_id, version, hash, recorded_at) VALUES (:id, 0, :hash, '2020-01-01 00:00:00')"
    for number in (1, 2):
        session.execute(sa.text(head), {"id": number, "hash": sites.NO_HASH})
    session.commit()
    session.get_one(Site, 2).name_en = "New"
    session.commit()
    assert verify(session) == []
    sites.add_site(session, "c", "丙", "C", None)
    session.commit()
    assert verify(session) == []
    assert profiles.versions(session, 1) == []
