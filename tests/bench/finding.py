"""`python -m tests.bench.finding`: what a search costs at 100,000 tenants, beside a scan of all names."""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import search, search_index, sites
from incubator.core.access import Scope
from incubator.core.profiles import Profile, to_json
from incubator.core.reports import Clocks
from incubator.models.search import NameTerm
from incubator.models.tenant import Tenancy, Tenant, TenantVersion
from tests.databases import empty_database, migrate, open_engine
from tests.machine import postgres_server
from tests.making import LONG_AGO, credit_code

CLOCKS = Clocks(date(2026, 11, 2))
EVERYTHING = Scope(everything=True)
SITES = 11
TEXTS = ("新材", "启明", "华晋", "科技", "有限", "晋", "hj", "huajin", "sxqm", "山西启明", "000123", "没有")
_PLACES = ("山西", "太原", "大同", "山西省", "", "晋创谷", "长治市")
_OWN = "甲乙丙丁华晋汾云恒瑞天宏启明星辰海川泰和源达众创新智信诚盛德通远博锐科力维思凯奥联拓"
_TRADES = (
    "新材料", "智能科技", "信息技术", "生物医药", "能源", "环保科技", "装备制造", "数据", "半导体", "光电", "软件",
    "航天", "化工", "机器人", "检测技术", "农业科技",
)  # fmt: skip
_FORMS = ("有限公司", "有限公司", "股份有限公司", "有限责任公司", "")


def main() -> None:
    """Fill each database that is asked for, search it, and print medians."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.finding", description=__doc__)
    parser.add_argument("--tenants", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--databases", default="sqlite,postgresql")
    asked = parser.parse_args()
    for kind in asked.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="finding-") as folder, _database(kind, Path(folder)) as session:
            seconds = fill(session, asked.tenants)
            terms = session.scalar(sa.select(sa.func.count()).select_from(NameTerm))
            print(f"{kind}: {asked.tenants:,} tenants, {terms:,} terms, index built in {seconds:.0f} s")
            print(f"{'':12}{'province':>14}{'one site':>15}{'index alone':>15}{'scan alone':>15}")
            for text in TEXTS:
                print(f"{text:12}" + "".join(f"{time_:>12.1f} ms" for time_ in times(session, text, asked.rounds)))


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Session]:
    with postgres_server() if kind == "postgresql" else _no_server() as server:
        url = empty_database(kind, server, folder, "finding")
        migrate(url)
        engine = open_engine(url)
        with Session(engine) as session:
            yield session
        engine.dispose()


@contextmanager
def _no_server() -> Iterator[str]:
    yield ""


def fill(session: Session, number: int) -> float:
    """Make tenants with names as companies have them, most at the first site; returns the seconds of the index."""
    rnd = random.Random(number)
    site_ids = [_site(session, n) for n in range(1, SITES + 1)]
    weights = [1 / n for n in range(1, SITES + 1)]
    tenants, stays, versions = [], [], []
    for n in range(1, number + 1):
        own = "".join(rnd.choices(_OWN, k=rnd.choice((2, 2, 3))))
        name = rnd.choice(_PLACES) + own + rnd.choice(_TRADES) + rnd.choice(_FORMS)
        profile = Profile(name=name, credit_code=credit_code(n), industry="I")
        site_id = rnd.choices(site_ids, weights)[0]
        own_fields = {k: v for k, v in profile.__dict__.items() if k not in {"zone_id", "building", "room", "area_dm2"}}
        tenants.append({"id": n, "version": 1} | own_fields)
        known = {"name": name, "former_names": "", "credit_code": profile.credit_code, "industry": "I"}
        came = date(2023, 1, 1 + n % 28)
        stays.append({"id": n, "tenant_id": n, "site_id": site_id, "status": "in_residence", "admitted_on": came,
                      "sort_key": "", "initials": "", "building": "", "room": ""} | known)  # fmt: skip
        versions.append({"tenant_id": n, "version": 1, "site_id": site_id, "recorded_at": LONG_AGO,
                         "known_at": LONG_AGO, "reason": "", "profile": to_json(profile)})  # fmt: skip
    for model, rows in ((Tenant, tenants), (Tenancy, stays), (TenantVersion, versions)):
        session.execute(sa.insert(model.__table__), rows)  # type: ignore[arg-type]
    started = time.perf_counter()
    search_index.rebuild(session)
    session.commit()
    seconds = time.perf_counter() - started
    session.execute(sa.text("ANALYZE"))
    session.commit()
    return seconds


def _site(session: Session, n: int) -> int:
    site = sites.add_site(session, f"bench-{n}", f"测试园区{n}", f"Bench site {n}", date(2023, 1, 1))
    assert not isinstance(site, list)
    return site.id


def times(session: Session, text: str, rounds: int) -> list[float]:
    """Return the median milliseconds of a search in the province, at the largest site, of the names' terms alone, and
    of a scan of all names in their place."""
    one_site = Scope(sees=frozenset({1}))
    scan = sa.select(sa.func.count()).select_from(Tenancy).where(Tenancy.name.contains(text))
    works: list[Callable[[], object]] = [
        lambda: search.find(session, EVERYTHING, CLOCKS, text, 6),
        lambda: search.find(session, one_site, CLOCKS, text, 6),
        lambda: search._by_name(session, text, range(1, SITES + 1)),
        lambda: session.scalar(scan),
    ]
    return [_median(work, rounds) for work in works]


def _median(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - started))
    return statistics.median(found)


if __name__ == "__main__":
    main()
