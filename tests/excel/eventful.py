"""A ledger in which everything has happened that can happen to a tenant, a payment and a contract."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import ledger, tenants, transfers
from incubator.core.drafts import Draft
from incubator.core.profiles import ENTERPRISE, TEAM, Profile
from incubator.core.references import balance
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy
from tests.making import ALL, act, credit_code, make_sites


def happen(session: Session) -> None:
    """Put in site 1 with corrections, reversals, supplements, terminations, returns; a team that registered, one that
    did not; who moved away and was renamed there, who moved in, who left and came back."""
    make_sites(session)
    stay = admit(session, 1, "＝示例汾河科技", credit_code(1))
    root = post(session, stay, "startup_fund", 30, document_number="PZ-1")
    newer = correct(session, root, "startup_fund", 40, document_number="PZ-1")
    post(session, stay, "funding_returned", 5, refers_to_id=balance(session, newer).root_id, day=date(2024, 6, 1))
    post(session, stay, "other_funding", 7, programme="合计")
    post(session, stay, "rd_grant", 7)
    post(session, stay, "rd_grant", 7)
    undone = post(session, stay, "order_subsidy", 9, document_number="PZ-9")
    assert ledger.correct(session, ALL, act(), undone.id, []).posting_id
    contract = post(session, stay, "tech_service", 90, document_number="HT-1", technology_fen=50_00, also_sale=True,
                     counterparty="示例客户", registration_number="2024-1", registered_on=date(2024, 5, 9))  # fmt: skip
    changed = {"refers_to_id": contract.id, "also_sale": True, "day": date(2024, 6, 2)}
    post(session, stay, "tech_service", -10, change="supplement", technology_fen=-5_00, **changed)
    post(session, stay, "tech_service", 80, change="termination", technology_fen=45_00, **changed)
    post(session, stay, "sales", 3, counterparty="示例客户", note="第一行\n第二行")
    post(session, stay, "tech_untyped", 3, document_number="HT-2")
    post(session, stay, "angel_fund", 11, counterparty="示例创投", round="A 轮")
    team = admit(session, 1, "示例团队", None)
    post(session, team, "startup_fund", 4)
    born = admit(session, 1, "示例团队二", None)
    profile = Profile(ENTERPRISE, "示例新公司", credit_code(2), industry="I", area_dm2=123_45,
                      registered_capital_fen=500_000_00, founded_on=date(2024, 3, 1))  # fmt: skip
    assert tenants.register(session, ALL, act(), born, profile, date(2024, 3, 1)).tenant_id
    back = admit(session, 1, "示例回头企业", credit_code(3))
    assert tenants.leave(session, ALL, act(), back, "withdrawn", date(2024, 2, 1)).tenant_id
    assert tenants.readmit(session, ALL, act(), back, date(2024, 4, 1)).tenant_id
    gone = admit(session, 1, "示例已毕业企业", credit_code(4))
    assert tenants.leave(session, ALL, act(), gone, "graduated", date(2024, 2, 1)).tenant_id
    came = admit(session, 2, "示例迁入企业", credit_code(5))
    assert not transfers.move(session, ALL, act(), came, 1, date(2024, 3, 5)).problems
    away = admit(session, 1, "示例迁出企业", credit_code(6))
    post(session, away, "startup_fund", 6)
    assert not transfers.move(session, ALL, act(), away, 2, date(2024, 8, 5)).problems
    session.commit()


def admit(session: Session, site_id: int, name: str, code: str | None) -> int:
    """Admit a tenant to a site and return its stay."""
    kind = ENTERPRISE if code else TEAM
    profile = Profile(kind, name, code, industry="I", project_leader="示例", contact_name="示例联系人", note="=1+1")
    settled = tenants.admit(session, ALL, act(), site_id, profile, date(2024, 1, 5), date(2024, 1, 2))
    assert settled.tenant_id, settled.problems
    query = sa.select(Tenancy.id).filter_by(tenant_id=settled.tenant_id, site_id=site_id)
    return session.scalars(query).one()


def _draft(stay: int, category: str, yuan: int, day: date = date(2024, 5, 6), **more: Any) -> Draft:
    return Draft(stay, category, day, yuan * 100, **more)


def post(session: Session, stay: int, category: str, yuan: int, **more: Any) -> LedgerEntry:
    posted = ledger.post(session, ALL, act(), [_draft(stay, category, yuan, **more)])
    assert posted.posting_id, posted.problems
    return session.scalars(sa.select(LedgerEntry).filter_by(posting_id=posted.posting_id)).one()


def correct(session: Session, entry: LedgerEntry, category: str, yuan: int, **more: Any) -> LedgerEntry:
    posted = ledger.correct(session, ALL, act(), entry.id, [_draft(entry.tenancy_id, category, yuan, **more)])
    assert posted.posting_id, posted.problems
    query = sa.select(LedgerEntry).filter_by(posting_id=posted.posting_id, reverses_id=None)
    return session.scalars(query).one()
