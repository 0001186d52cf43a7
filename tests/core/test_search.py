"""Whatever part of a name, a code or a number somebody types finds what it belongs to, and nothing of another site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from incubator.core import ledger, search, search_index, tenant_list, tenants, transfers
from incubator.core.access import Scope
from incubator.core.drafts import Draft
from incubator.core.profiles import Profile
from incubator.core.reports import Clocks
from incubator.core.verify import verify
from incubator.models.search import NameTerm
from incubator.models.tenant import Tenancy, Tenant
from incubator.values import names, pinyin
from tests.databases import open_engine
from tests.making import ALL, act, credit_code, make_sites

CLOCKS = Clocks(date(2026, 11, 2))
HAN = "山西晋创谷太原长治示例甲乙丙新材料智能科技能源汾河云冈乐重"
NAMES = st.text(st.sampled_from([*HAN, *"AB3 （）·"]), min_size=1, max_size=14).filter(names.folded)
ENDINGS = st.sampled_from(["", "有限公司", "股份有限公司", "团队"])


def scope_at(*site_ids: int) -> Scope:
    return Scope(None, frozenset(site_ids), frozenset(site_ids))


def admit(session: Session, site_id: int, name: str, former: str = "", day: date = date(2024, 1, 16)) -> int:
    number = session.scalar(sa.select(sa.func.count()).select_from(Tenant)) or 0
    profile = Profile(name=name, credit_code=credit_code(number + 500), industry="I", former_names=former)
    settled = tenants.admit(session, ALL, act(), site_id, profile, day)
    assert settled.tenant_id, settled.problems
    return settled.tenant_id


def stay(session: Session, tenant_id: int) -> Tenancy:
    return session.scalars(sa.select(Tenancy).filter_by(tenant_id=tenant_id)).one()


def rename(session: Session, tenant_id: int, **changes: str) -> None:
    tenancy = stay(session, tenant_id)
    profile = Profile(**({"name": tenancy.name, "credit_code": tenancy.credit_code, "industry": "I"} | changes))
    settled = tenants.edit(session, ALL, act(reason="更名"), tenancy.id, tenancy.tenant.version, profile)
    assert not settled.problems, settled.problems


def found(session: Session, text: str, scope: Scope = ALL, limit: int = 50) -> list[int]:
    return [hit.tenant_id for hit in search.find(session, scope, CLOCKS, text, limit).tenants]


@pytest.fixture
def valley(session: Session) -> Session:
    make_sites(session)
    return session


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def many(request: pytest.FixtureRequest, databases: Callable[[str], str]) -> Iterator[sa.Engine]:
    """A database of three sites for many examples: each adds its tenants to those before."""
    engine = open_engine(databases(request.param))
    with Session(engine) as session:
        make_sites(session)
        session.commit()
    yield engine
    engine.dispose()


@pytest.mark.parametrize("sign", ["%", "_", "\\", "-", "'"])
def test_a_sign_finds_the_names_that_have_it_and_no_others(valley: Session, sign: str) -> None:
    """In the box of every page and in the list of tenants alike; none of them is a wildcard."""
    with_it = admit(valley, 1, f"甲{sign}乙有限公司")
    admit(valley, 1, "甲乙有限公司")
    admit(valley, 2, f"丙{sign}丁有限公司")
    scope = scope_at(1)
    assert found(valley, sign, scope) == [with_it]
    listed = tenant_list.page(valley, scope, CLOCKS, tenant_list.Filter(1, text=sign), 50).rows
    assert [row.tenancy.tenant_id for row in listed] == [with_it]


@settings(max_examples=8)
@given(name=NAMES, ending=ENDINGS, former=NAMES, site_id=st.integers(1, 3))
def test_every_part_of_every_name_finds_the_tenant_and_only_at_its_site(
    many: sa.Engine, name: str, ending: str, former: str, site_id: int
) -> None:
    name += ending
    with Session(many) as session:
        tenant_id = admit(session, site_id, name, former)
        code = stay(session, tenant_id).credit_code or ""
        parts = {known[at : at + 2] for known in (name, *names.split(former)) for at in range(len(known) - 1)}
        parts |= {name, former, name[:1], code, code[-6:], code[:12], pinyin.initials(names.core(names.folded(name)))}
        everyone = Scope(None, frozenset({site_id}))
        others = scope_at(*({1, 2, 3} - {site_id}))
        for part in filter(names.folded, parts):
            assert tenant_id in found(session, part, everyone, 500), part
            assert tenant_id not in found(session, part, others, 500), part
        session.rollback()


def test_a_name_is_found_by_pinyin_also_where_the_first_character_has_two_readings(valley: Session) -> None:
    music = admit(valley, 1, "山西乐山智能科技有限公司")
    changzhi = admit(valley, 1, "长治晋材新材料有限公司")
    assert found(valley, "changzhi") == found(valley, "czjc") == found(valley, "jin cai xin") == [changzhi]
    assert found(valley, "leshan") == found(valley, "yueshan") == found(valley, "yszn") == [music]


def test_what_fits_best_comes_first_then_who_is_here_then_who_came_last(valley: Session) -> None:
    inside = admit(valley, 1, "晋华启明科技有限公司")
    left = admit(valley, 1, "启明数据有限公司", day=date(2024, 5, 1))
    older = admit(valley, 1, "启明能源有限公司", day=date(2024, 3, 1))
    newer = admit(valley, 1, "启明光电有限公司", day=date(2024, 4, 1))
    placed = admit(valley, 1, "山西启明环保有限公司")
    exact = admit(valley, 1, "启明有限公司", day=date(2023, 12, 22))
    assert not tenants.leave(valley, ALL, act(), stay(valley, left).id, "withdrawn", date(2024, 6, 1)).problems
    assert found(valley, "启明") == [exact, newer, older, left, placed, inside]
    assert found(valley, "山西启明有限公司") == [exact, newer, older, left, placed, inside]


def test_a_former_name_and_one_that_was_only_once_saved_find_the_tenant_of_today(valley: Session) -> None:
    tenant = admit(valley, 1, "汾河材料有限公司", former="汾河科创团队；汾水团队")
    rename(valley, tenant, name="云冈材料有限公司", former_names="汾水团队")
    hits = [search.find(valley, ALL, CLOCKS, text, 5).tenants[0] for text in ("云冈", "汾水", "汾河", "fhcl")]
    assert [(hit.tenant_id, hit.name, hit.by, hit.met) for hit in hits] == [
        (tenant, "云冈材料有限公司", "name", "云冈材料有限公司"),
        (tenant, "云冈材料有限公司", "former", "汾水团队"),
        (tenant, "云冈材料有限公司", "former", "汾河材料有限公司"),
        (tenant, "云冈材料有限公司", "former", "汾河材料有限公司"),
    ]


def test_a_site_does_not_find_what_a_tenant_was_called_after_it_moved_away(valley: Session) -> None:
    tenant = admit(valley, 1, "汾河材料有限公司")
    moved = transfers.move(valley, ALL, act(), stay(valley, tenant).id, 2, date(2024, 6, 1))
    assert not moved.problems
    there = valley.scalars(sa.select(Tenancy).filter_by(tenant_id=tenant, site_id=2)).one()
    profile = Profile(
        name="云冈材料有限公司", credit_code=there.credit_code, industry="I", former_names="汾河材料有限公司"
    )
    assert not tenants.edit(valley, ALL, act(reason="更名"), there.id, there.tenant.version, profile).problems
    assert found(valley, "云冈", scope_at(1)) == []
    assert found(valley, "汾河", scope_at(1)) == [tenant]
    hit = search.find(valley, scope_at(1), CLOCKS, "汾河", 5).tenants[0]
    assert (hit.name, hit.stage, hit.site_slug) == ("汾河材料有限公司", "moved_out", "site1")
    assert found(valley, "云冈") == found(valley, "云冈", scope_at(2)) == found(valley, "汾河") == [tenant]


def test_nothing_of_another_site_shows_in_what_is_found_or_counted(valley: Session) -> None:
    for number in range(7):
        admit(valley, 2, f"启明{number}有限公司")
    here = scope_at(1)
    nothing = search.Found([], [], [], more_tenants=False, more_entries=False)
    assert search.find(valley, here, CLOCKS, "启明", 5) == nothing
    assert search.find(valley, here, CLOCKS, "site2", 5) == nothing
    assert search.find_tenants(valley, here, CLOCKS, "启明", 2, 5) == []
    seen = search.find(valley, scope_at(2), CLOCKS, "启明", 5)
    assert (len(seen.tenants), seen.more_tenants) == (5, True)


def book(session: Session, tenant_id: int, number: str, category: str = "sales") -> int:
    draft = Draft(
        stay(session, tenant_id).id, category, date(2024, 5, 6), 100, counterparty="示例", document_number=number
    )
    posted = ledger.post(session, ALL, act(), [draft])
    assert posted.posting_id, posted.problems
    return posted.posting_id


def numbers(session: Session, text: str, scope: Scope = ALL) -> list[str]:
    return [hit.row.entry.document_number for hit in search.find(session, scope, CLOCKS, text, 9).entries]


@pytest.mark.parametrize("text", ["JS-2024-0311", "js-2024", "ＪＳ－2024", "2024-0311", "0311", "311", "JS", " js-"])
def test_an_entry_is_found_by_its_number_whole_from_its_beginning_or_by_a_fragment(valley: Session, text: str) -> None:
    tenant = admit(valley, 1, "启明有限公司")
    book(valley, tenant, "JS-2024-0311")
    assert numbers(valley, text) == numbers(valley, text, scope_at(1)) == ["JS-2024-0311"]
    assert numbers(valley, text, scope_at(2)) == []


def test_the_number_that_was_typed_comes_first_then_what_begins_with_it_the_latest_first(valley: Session) -> None:
    tenant = admit(valley, 1, "启明有限公司")
    for number in ("凭-12", "凭-1", "旧凭-1", "凭-13", "7"):
        book(valley, tenant, number)
    assert numbers(valley, "凭-1") == ["凭-1", "凭-13", "凭-12", "旧凭-1"]
    assert numbers(valley, "7") == ["7"]
    assert numbers(valley, "1") == []


def test_a_reversed_entry_is_found_once_and_says_so(valley: Session) -> None:
    tenant = admit(valley, 1, "启明有限公司")
    posting = book(valley, tenant, "JS-1")
    entry = search.find(valley, ALL, CLOCKS, "js-1", 5).entries[0]
    assert entry.span == names.Span(0, 4)
    assert not ledger.correct(valley, ALL, act(), entry.row.entry.id, []).problems
    again = search.find(valley, ALL, CLOCKS, "JS-1", 5).entries
    assert [(hit.row.entry.posting_id, hit.row.reversed_by is not None) for hit in again] == [(posting, True)]


@pytest.mark.parametrize("text", ["园区2", "Site 2", "site2", "yq2"])
def test_a_site_is_found_by_name_and_slug(valley: Session, text: str) -> None:
    assert [hit.slug for hit in search.find(valley, ALL, CLOCKS, text, 5).sites] == ["site2"]
    assert search.find(valley, scope_at(1), CLOCKS, text, 5).sites == []


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "'; --", "\x00", "（）", "a" * 300, "𠀀", "\U0010ffff", "*"])
def test_what_nobody_is_called_finds_nothing(valley: Session, text: str) -> None:
    admit(valley, 1, "启明有限公司")
    result = search.find(valley, ALL, CLOCKS, text, 5)
    assert (result.tenants, result.entries, result.sites) == ([], [], [])


def test_the_index_can_be_built_anew_and_is_then_what_it_was(valley: Session) -> None:
    tenant = admit(valley, 1, "汾河材料有限公司", former="汾水团队")
    rename(valley, tenant, name="云冈材料有限公司")

    def kept() -> set[object]:
        return set(map(tuple, valley.execute(sa.select(*NameTerm.__table__.primary_key))))

    before = kept()
    assert before
    assert verify(valley) == []
    valley.execute(sa.delete(NameTerm))
    assert {difference.kind for difference in verify(valley)} == {"search_names"}
    search_index.rebuild(valley)
    assert kept() == before
    assert verify(valley) == []
