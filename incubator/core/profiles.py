"""Profiles: what is known of a tenant besides its money, checked as a whole and kept in every version."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from incubator.core import clock, search_index
from incubator.core.industries import INDUSTRIES
from incubator.models.site import Institution, Zone
from incubator.models.tenant import Tenancy, Tenant, TenantVersion
from incubator.values import credit_code, pinyin
from incubator.values.money import LIMIT_FEN, yuan
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.drafts import Act

ENTERPRISE, TEAM = "enterprise", "team"
KINDS = {ENTERPRISE: Words("企业", "Enterprise"), TEAM: Words("科创团队", "Team")}


@dataclass(frozen=True)
class Profile:
    """All of a tenant's profile. Money in fen, area in dm² (two decimals of m²); "" and None = not known."""

    kind: str = ENTERPRISE
    name: str = ""
    credit_code: str | None = None
    former_names: str = ""
    legal_representative: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    founded_on: date | None = None
    registered_capital_fen: int | None = None
    industry: str = ""
    technology_field: str = ""
    institution_id: int | None = None
    project_leader: str = ""
    note: str = ""
    zone_id: int | None = None
    building: str = ""
    room: str = ""
    area_dm2: int | None = None


FIELD_WORDS = {
    "kind": Words("主体类型", "Kind"),
    "name": Words("名称", "Name"),
    "credit_code": Words("统一社会信用代码", "Unified social credit code"),
    "former_names": Words("曾用名", "Former names"),
    "legal_representative": Words("法定代表人", "Legal representative"),
    "contact_name": Words("联系人", "Contact"),
    "contact_phone": Words("联系电话", "Telephone"),
    "founded_on": Words("成立日期", "Founded on"),
    "registered_capital_fen": Words("注册资本", "Registered capital"),
    "industry": Words("所属行业", "Industry"),
    "technology_field": Words("技术领域", "Field of technology"),
    "institution_id": Words("来源单位", "Source institution"),
    "project_leader": Words("项目负责人", "Project leader"),
    "note": Words("备注", "Note"),
    "zone_id": Words("分园", "Zone"),
    "building": Words("楼栋", "Building"),
    "room": Words("房号", "Room"),
    "area_dm2": Words("面积（㎡）", "Area (m²)"),
}
CONTACT_FIELDS = ("contact_name", "contact_phone")
"""Data of people: they stay within the site."""
PLACE_FIELDS = ("zone_id", "building", "room", "area_dm2")
"""Fields of the stay, not of the tenant."""
STAY_FIELDS = ("name", "former_names", "credit_code", "industry", "institution_id")
"""Fields of the tenant that a stay keeps as its site knew them last."""

REQUIRED = Words("请填写{field}", "Please fill in: {field}")
TOO_LONG = Words("最多 {n} 个字", "At most {n} characters")
NO_INDUSTRY = Words("没有这个行业", "There is no such industry")
NO_ZONE = Words("本园区没有这个分园", "This site has no such zone")
NO_INSTITUTION = Words("没有这个来源单位", "There is no such institution")
NEGATIVE = Words("不能为负数", "This cannot be negative")
TOO_LARGE = Words("数值过大，请核对单位", "This is too large; check the unit")
FOUNDED_LATER = Words("成立日期晚于今天", "The founding date is after today")
NO_KIND = Words("主体类型为企业或科创团队", "A tenant is an enterprise or a team")
STALE = Words(
    "您打开此页后，资料已被更改：{fields}。未保存；请核对后再次保存",
    "The profile was changed after you opened this page: {fields}. Nothing was saved; check and save again",
)
NOTHING = Words("（空）", "(empty)")
CHANGE = Words("{field}现为“{value}”", "{field} is now “{value}”")
REASON = Words("变更原因", "Reason of the change")
COMMON_REASONS = (
    Words("登记变更", "Registration changed"),
    Words("录入错误更正", "Mistake in entering corrected"),
    Words("资料补充", "Details added"),
)
"""What most edits are made for: one press instead of typing."""
EVENTS = {
    "arrived": Words("办理入驻", "Admission"),
    "registered": Words("注册成立（团队转企业）", "Registered (team to enterprise)"),
    "moved": Words("迁移", "Moved"),
}
"""Events that change a profile and are the reason of it; a version keeps the key where nobody gave another reason."""

_LONG = {"note": 2000}


def clean(profile: Profile) -> Profile:
    """Return the profile as it is stored: text trimmed, the credit code normalised, an empty one None."""
    trimmed: dict[str, Any] = {
        field.name: value.strip() for field in fields(profile) if isinstance(value := getattr(profile, field.name), str)
    }
    code = credit_code.normalise(profile.credit_code or "") or None
    return replace(profile, **(trimmed | {"credit_code": code}))


def check(session: Session, profile: Profile, site_id: int) -> list[Problem]:
    """Return everything that is wrong with a cleaned profile at a site."""
    return [*_required(profile), *_limits(profile), *_known(session, profile, site_id), *_code(profile)]


def _required(profile: Profile) -> list[Problem]:
    needed = ["name", "industry", "credit_code" if profile.kind == ENTERPRISE else "project_leader"]
    found = [] if profile.kind in KINDS else [Problem("kind", NO_KIND)]
    return found + [
        Problem(name, REQUIRED.fill(field=FIELD_WORDS[name])) for name in needed if not getattr(profile, name)
    ]


def _limits(profile: Profile) -> list[Problem]:
    found = [
        Problem(name, TOO_LONG.fill(n=_LONG.get(name, 200)))
        for name, value in asdict(profile).items()
        if isinstance(value, str) and len(value) > _LONG.get(name, 200)
    ]
    for name in ("registered_capital_fen", "area_dm2"):
        value = getattr(profile, name)
        if value is not None and not 0 <= value <= LIMIT_FEN:
            found.append(Problem(name, NEGATIVE if value < 0 else TOO_LARGE))
    if profile.founded_on is not None and profile.founded_on > clock.today():
        found.append(Problem("founded_on", FOUNDED_LATER))
    return found


def _known(session: Session, profile: Profile, site_id: int) -> list[Problem]:
    found = []
    if profile.industry and profile.industry not in INDUSTRIES:
        found.append(Problem("industry", NO_INDUSTRY))
    zone = session.get(Zone, profile.zone_id) if profile.zone_id is not None else None
    if profile.zone_id is not None and (zone is None or zone.site_id != site_id):
        found.append(Problem("zone_id", NO_ZONE))
    if profile.institution_id is not None and session.get(Institution, profile.institution_id) is None:
        found.append(Problem("institution_id", NO_INSTITUTION))
    return found


def _code(profile: Profile) -> list[Problem]:
    fault = credit_code.fault(profile.credit_code) if profile.credit_code else None
    return [Problem("credit_code", fault, value=profile.credit_code or "")] if fault else []


def profile_of(tenant: Tenant, tenancy: Tenancy) -> Profile:
    """Return the current profile of a tenant at one of its sites."""
    place = {name: getattr(tenancy, name) for name in PLACE_FIELDS}
    own = {field.name: getattr(tenant, field.name) for field in fields(Profile) if field.name not in PLACE_FIELDS}
    return Profile(**own, **place)


def from_version(version: TenantVersion) -> Profile:
    """Return the profile that one version holds."""
    values: dict[str, Any] = dict(version.profile)
    founded = values.get("founded_on")
    return Profile(**(values | {"founded_on": date.fromisoformat(founded) if founded else None}))


def to_json(profile: Profile) -> dict[str, Any]:
    """Return the profile as a version stores it."""
    values = asdict(profile)
    return values | {"founded_on": profile.founded_on.isoformat() if profile.founded_on else None}


def save(session: Session, act: Act, tenant: Tenant, tenancy: Tenancy, profile: Profile, event: str = "") -> None:
    """Write a checked profile onto tenant and stay, and append its version. The version number counts itself up.

    `event`: the key in EVENTS of what changed it, the reason of an act that has none.
    """
    save_all(session, act, [(tenant, tenancy, profile)], event)


def save_all(
    session: Session,
    act: Act,
    changes: Sequence[tuple[Tenant, Tenancy, Profile]],
    event: str = "",
) -> None:
    """Save several profiles, each as `save` does, in two flushes."""
    for tenant, tenancy, profile in changes:
        _write(session, tenant, tenancy, profile)
        session.add(tenant)
    session.flush()
    search_index.learn(session, *(tenancy for _, tenancy, _ in changes))
    moment = clock.now()
    session.add_all(
        TenantVersion(
            tenant_id=tenant.id,
            version=tenant.version,
            site_id=tenancy.site_id,
            recorded_at=moment,
            known_at=act.known_at or moment,
            recorded_by=act.by,
            reason=act.reason or event,
            profile=to_json(profile),
        )
        for tenant, tenancy, profile in changes
    )
    session.flush()


def _write(session: Session, tenant: Tenant, tenancy: Tenancy, profile: Profile) -> None:
    for name, value in asdict(profile).items():
        setattr(tenancy if name in PLACE_FIELDS else tenant, name, value)
    for name in STAY_FIELDS:
        setattr(tenancy, name, getattr(profile, name))
    tenancy.sort_key, tenancy.initials = pinyin.sort_key(profile.name), pinyin.initials(profile.name)
    if tenant.id is not None and not session.is_modified(tenant):
        flag_modified(tenant, "note")  # a version per save, also when only the place changed


def versions(session: Session, tenant_id: int) -> list[TenantVersion]:
    """Return all versions, the latest first."""
    query = sa.select(TenantVersion).filter_by(tenant_id=tenant_id).order_by(TenantVersion.version.desc())
    return list(session.scalars(query))


def why(reason: str) -> Words:
    """Return the reason of a version in words; a text that somebody typed is itself. Pure."""
    return EVENTS.get(reason, Words(reason, reason))


def differences(old: Profile, new: Profile) -> list[tuple[str, Any, Any]]:
    """Return (field, old value, new value) for every field that differs. Pure."""
    before, after = asdict(old), asdict(new)
    return [(name, before[name], after[name]) for name in before if before[name] != after[name]]


def stale(session: Session, tenant: Tenant, opened_version: int, hidden: Collection[str] = ()) -> Problem:
    """Tell what others changed since the form was opened; nothing typed is lost, nothing is saved.

    Of the `hidden` fields only the names are told.
    """
    then = session.scalars(
        sa.select(TenantVersion).filter_by(tenant_id=tenant.id, version=opened_version)
    ).one_or_none()
    now = versions(session, tenant.id)[0]
    changed = differences(from_version(then), from_version(now)) if then else []
    shown = [
        FIELD_WORDS[name] if name in hidden else CHANGE.fill(field=FIELD_WORDS[name], value=told(session, name, value))
        for name, _, value in changed
    ]
    listed = Words("；".join(words.zh for words in shown), "; ".join(words.en for words in shown))
    return Problem("", STALE.fill(fields=listed))


def _named(thing: Institution | Zone | None) -> Words:
    return NOTHING if thing is None else Words(thing.name_zh, thing.name_en)


def told(session: Session, name: str, value: Any) -> Any:
    """Return a value as people know it: the name behind a number or letter, yuan for fen, m² for dm²."""
    if value is None or value == "":
        return NOTHING
    if name == "industry":
        return INDUSTRIES.get(value, value)
    if name == "institution_id":
        return _named(session.get(Institution, value))
    if name == "zone_id":
        return _named(session.get(Zone, value))
    if name == "kind":
        return KINDS.get(value, value)
    return {"registered_capital_fen": yuan, "area_dm2": yuan}.get(name, str)(value)
