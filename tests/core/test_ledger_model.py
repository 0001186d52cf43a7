"""The ledger against a model that knows what happened, and knows neither categories nor signs nor totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from incubator.core import bridges, ledger, totals
from incubator.core.access import Scope
from incubator.core.bridges import Window
from incubator.core.drafts import Draft
from incubator.core.imports import events as imports
from incubator.core.imports import undoing
from incubator.core.imports.choices import Choices
from incubator.core.measures import MEASURES, Cell, Cells, Figure, figures
from incubator.core.verify import verify
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenant
from tests.conftest import Clock
from tests.core.imports.making import contract, intake, table
from tests.making import ALL, act, make_sites, make_stay

SITES = (1, 2, 3)
TENANTS = 4
FIRST_DAY = date(2026, 1, 20)
AGO = st.integers(0, 250).map(lambda n: timedelta(seconds=n)) | st.integers(0, 100).map(lambda n: timedelta(days=n))
"""How long ago something was known: within the session, or months, by which totals are kept."""
DAYS = st.integers(0, 60).map(lambda n: FIRST_DAY + timedelta(days=n))
AMOUNTS = st.integers(1, 10**11)
FUNDS = ("startup_fund", "rd_grant", "other_funding")
CONTRACTS = ("sales", "tech_development", "tech_untyped")
INVESTMENTS = ("industrial", "equity")
BRIDGED = tuple(key for key, measure in MEASURES.items() if not measure.denominator)
ARRIVALS = ("admitted", "moved_in", "readmitted", "returned")


# ── the model ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(eq=False)
class Event:
    """Something that happened, as a person would tell it.

    `steps`: who came (+1) or went (-1), where, as team or enterprise. `of`: the payment or contract that this changes.
    `root`: the first telling of a fact that was corrected since. `known`, `undone`: when it was learned and taken back.
    """

    what: str
    tenant: int
    site: int
    day: date
    steps: tuple[tuple[int, int, str], ...] = ()
    kind: str = ""
    amount: int = 0
    technology: int | None = None
    also_sale: bool = False
    of: Event | None = None
    root: Event | None = None
    known: datetime | None = None
    undone: datetime | None = None
    entry: int = 0

    @property
    def first(self) -> Event:
        return self.root or self


def standing(events: Iterable[Event], day: date = date.max, known: datetime | None = None) -> list[Event]:
    """What had happened by a day and was held true, now or at a past moment."""
    return [
        e
        for e in events
        if e.day <= day
        and ((e.undone is None) if known is None else (e.known <= known and not (e.undone and e.undone <= known)))
    ]


def whereabouts(events: Iterable[Event]) -> Counter[tuple[int, str]] | None:
    """Follow one tenant day by day to (site, kind); None if it was nowhere, or at two places, when it should not."""
    here: Counter[tuple[int, str]] = Counter()
    moved = sorted((e for e in events if e.steps), key=lambda e: e.day)
    for _, same_day in groupby(moved, key=lambda e: e.day):
        for step, site, kind in (step for event in same_day for step in event.steps):
            here[site, kind] += step
        if min(here.values()) < 0 or sum(here.values()) > 1:
            return None
    return +here


def changes_fit(events: Iterable[Event]) -> bool:
    """Say whether every return fits its payment, every supplement and termination its contract."""
    events = list(events)
    heads = {e.first: e for e in events if e.of is None}
    changed = {e.of for e in events if e.of}
    return all(
        root in heads and _fits(heads[root], [e for e in events if e.of is root])
        for root in changed
        if root is not None
    )


def _fits(head: Event, changes: list[Event]) -> bool:
    if any(e.day < head.day for e in changes):
        return False
    if head.what == "payment":
        return sum(e.amount for e in changes) <= head.amount
    sign = {"supplement": 1, "termination": -1}
    amount = head.amount + sum(sign[e.what] * e.amount for e in changes)
    technology = (head.technology or 0) + sum(sign[e.what] * (e.technology or 0) for e in changes)
    ends = [e for e in changes if e.what == "termination"]
    alike = (
        all((e.technology is None) == (head.technology is None) for e in ends) if head.kind.startswith("tech") else True
    )
    known = head.technology is not None or all(e.technology is None for e in changes)
    return 0 <= technology <= amount and len(ends) <= 1 and alike and known


def expected(events: list[Event], site: int | None) -> dict[str, Figure]:
    """Work out every measure of a site, or of the province, from what happened."""
    mine = [e for e in events if site in (None, e.site)]
    pay, back = [e for e in mine if e.what == "payment"], [e for e in mine if e.what == "return"]
    funded = len({e.tenant for e in pay})
    admitted = len(_ever(events, site, "enterprise"))
    gone = Counter(e.what for e in mine)
    paid = sum(e.amount for e in pay)
    here = _present(events, site, "enterprise")
    startup = _money([e for e in pay if e.kind == "startup_fund"])
    return {
        "enterprises_admitted": Figure(admitted),
        "enterprises_in_residence": Figure(here),
        "teams_in_residence": Figure(_present(events, site, "team")),
        "tenants_settled": Figure(len(_ever(events, site, ""))),
        "graduated": Figure(gone["graduated"]),
        "withdrawn": Figure(gone["withdrawn"]),
        "eliminated": Figure(gone["eliminated"]),
        "enterprises_left": Figure(admitted - here - gone["graduated"]),
        **_contracts(mine),
        "startup_funding_disbursed": startup,
        "funding_disbursed": _money(pay),
        "funding_returned": _money(back),
        "funding_net": Figure(len(pay) + len(back), paid - sum(e.amount for e in back)),
        "funded_tenants": Figure(funded),
        "funding_coverage": Figure(funded, ratio=Fraction(funded, admitted)) if admitted else Figure(0),
        "funding_average": _average(Figure(funded, paid)),
        "startup_funding_average": _average(startup),
        "industrial_investment": _money([e for e in mine if e.kind == "industrial"]),
        "total_investment": _money([e for e in mine if e.what == "investment"]),
    }


def _ever(events: list[Event], site: int | None, kind: str) -> set[int]:
    """Return the tenants that ever came to a place (as a kind)."""
    return {e.tenant for e in events for step, at, k in e.steps if step > 0 and site in (None, at) and kind in ("", k)}


def _present(events: list[Event], site: int | None, kind: str) -> int:
    found = 0
    for tenant in {e.tenant for e in events}:
        here = whereabouts(e for e in events if e.tenant == tenant)
        assert here is not None, f"tenant {tenant} cannot have been there"
        found += sum(n for (at, k), n in here.items() if site in (None, at) and k == kind)
    return found


def _average(whole: Figure) -> Figure:
    """Divide, half up."""
    return Figure(whole.count, (2 * (whole.fen or 0) + whole.count) // (2 * whole.count)) if whole.count else Figure(0)


def _money(events: list[Event]) -> Figure:
    return Figure(len(events), sum(e.amount for e in events))


def _contracts(events: list[Event]) -> dict[str, Figure]:
    """Work out the contract measures; a change of a contract belongs to its kind."""
    mine = [e for e in events if e.what in ("contract", "supplement", "termination")]
    number = {"contract": 1, "supplement": 0, "termination": -1}

    def add(chosen: Iterable[Event]) -> Figure:
        some = list(chosen)
        fen = sum(-e.amount if e.what == "termination" else e.amount for e in some)
        return Figure(sum(number[e.what] for e in some), fen)

    tech = [e for e in mine if e.kind != "sales"]
    parts = sum((-1 if e.what == "termination" else 1) * (e.technology or 0) for e in tech)
    known = sum(number[e.what] for e in tech if e.technology is not None)
    return {
        "sales_contract_value": add(e for e in mine if e.kind == "sales" or e.also_sale),
        "technology_contract_value": add(tech),
        "overlap_value": add(e for e in tech if e.also_sale),
        "sales_and_technology_contract_value": add(mine),
        "technology_transaction_value": Figure(known, parts, unknown=add(tech).count - known),
    }


# ── the machine: what a person does, in the ledger and in the model ──────────────────────────────────────────────────


class Valley(RuleBasedStateMachine):
    """Does to the ledger whatever people do, in any order and on any day, and tells the model what was accepted."""

    engine: sa.Engine
    clock: Clock

    @initialize()
    def start(self) -> None:
        self.connection = self.engine.connect()
        self.transaction = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint")
        make_sites(self.session)
        self.events: list[Event] = []
        self.stays: dict[tuple[int, int], int] = {}
        self.tenants: list[int] = []
        self.imports: dict[int, list[Event]] = {}

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
            self.transaction.rollback()
            self.connection.close()

    # ── helpers

    def stay(self, tenant: int | None, site: int) -> tuple[int, int]:
        """Return (tenancy, tenant), made where there is none."""
        if tenant is None or (tenant, site) not in self.stays:
            made = make_stay(self.session, site, tenant)
            tenant = made.tenant_id
            self.stays[tenant, site] = made.id
            self.tenants += [tenant] if tenant not in self.tenants else []
        return self.stays[tenant, site], tenant

    def mine(self, tenant: int) -> list[Event]:
        return [e for e in standing(self.events) if e.tenant == tenant]

    def moment(self, data: st.DataObject, *since: datetime | None) -> datetime:
        """Draw when something was known: at any time up to now, not before what it builds on."""
        now = self.clock()
        drawn = now - data.draw(AGO, label="known so long ago")
        return max([drawn, *(moment for moment in since if moment)])

    def since(self, tenant: int) -> list[datetime | None]:
        """Return when the comings and goings of a tenant were learned: nobody learns them in the wrong order."""
        return [moment for e in self.events if e.tenant == tenant and e.steps for moment in (e.known, e.undone)]

    def tell(self, posted: ledger.Posted, event: Event, known: datetime) -> bool:
        """Let the model know what the ledger accepted; returns whether it did."""
        if posted.problems:
            return False
        query = sa.select(sa.func.min(LedgerEntry.id)).filter_by(posting_id=posted.posting_id, reverses_id=None)
        event.entry, event.known = self.session.scalar(query), known
        self.events.append(event)
        return True

    def post(self, data: st.DataObject, event: Event, drafts: list[Draft]) -> bool:
        known = self.moment(data, *(self.since(event.tenant) if event.steps else ()))
        return self.tell(ledger.post(self.session, ALL, act(known_at=known), drafts), event, known)

    def travel(self, data: st.DataObject, event: Event, drafts: list[Draft], *, right: bool = True) -> None:
        """Post a coming or going: never accepted if impossible, always if it comes last and is told rightly."""
        mine = self.mine(event.tenant)
        before, after = whereabouts(mine), whereabouts([*mine, event])
        last = all(e.day < event.day for e in mine if e.steps)
        accepted = self.post(data, event, [replace(draft, event=0) for draft in drafts])
        if accepted:
            assert after is not None, f"{event} is impossible after {before}"
        else:
            assert not (right and last and after is not None), f"{event} was refused, and is possible after {before}"

    def arrival(self, tenant: int, site: int, kind: str) -> list[str]:
        """Tell an arrival as the rules want it told: for the first time, here for the first time, or again."""
        been = [(at, k) for e in self.mine(tenant) for step, at, k in e.steps if step > 0]
        if kind == "enterprise" and been and not any(k == "enterprise" for _, k in been):
            return [*self.arrival(tenant, site, "team"), "team_registered", "ent_registered"]
        prefix = "ent" if kind == "enterprise" else "team"
        if not been:
            return [f"{prefix}_admitted"]
        if site not in {at for at, _ in been}:
            return [f"{prefix}_moved_in"]
        return ["ent_returned" if kind == "enterprise" and (site, kind) not in been else f"{prefix}_readmitted"]

    def someone(self, data: st.DataObject) -> tuple[int, int, str]:
        """Draw (tenant, site, kind): mostly where somebody is now, for most acts elsewhere are refused."""
        found = []
        for tenant in self.tenants:
            found += [(tenant, site, kind) for site, kind in whereabouts(self.mine(tenant)) or ()]
        if found and data.draw(st.integers(0, 4), label="anywhere"):
            return data.draw(st.sampled_from(found))
        tenant, site = data.draw(st.sampled_from(sorted(self.stays)))
        return tenant, site, data.draw(st.sampled_from(["enterprise", "team"]))

    def day(self, data: st.DataObject, tenant: int) -> date:
        """Draw a day: mostly after what is known of the tenant's whereabouts, else any, which is back-dating."""
        last = max((e.day for e in self.mine(tenant) if e.steps), default=FIRST_DAY)
        if data.draw(st.integers(0, 2), label="back-dated"):
            return last + timedelta(days=data.draw(st.integers(0, 4)))
        return data.draw(DAYS)

    # ── comings and goings

    @precondition(lambda self: len(self.tenants) < TENANTS)
    @rule(data=st.data(), site=st.sampled_from(SITES), day=DAYS, kind=st.sampled_from(["enterprise", "team"]))
    def come_first(self, data: st.DataObject, site: int, day: date, kind: str) -> None:
        tenancy, tenant = self.stay(None, site)
        event = Event("come", tenant, site, day, ((1, site, kind),))
        category = "ent_admitted" if kind == "enterprise" else "team_admitted"
        assert self.post(data, event, [Draft(tenancy, category, day)])

    @precondition(lambda self: self.tenants)
    @rule(data=st.data(), site=st.sampled_from(SITES), kind=st.sampled_from(["enterprise", "team"]))
    def come_again(self, data: st.DataObject, site: int, kind: str) -> None:
        away = [tenant for tenant in self.tenants if not whereabouts(self.mine(tenant))]
        if not away and data.draw(st.integers(0, 4), label="somebody who is here"):
            return
        tenancy, tenant = self.stay(data.draw(st.sampled_from(away or self.tenants)), site)
        day = self.day(data, tenant)
        event = Event("come", tenant, site, day, ((1, site, kind),))
        drafts = [Draft(tenancy, code, day) for code in self.arrival(tenant, site, kind)]
        self.travel(data, event, drafts)

    @precondition(lambda self: any(not whereabouts(self.mine(tenant)) for tenant in self.tenants))
    @rule(data=st.data(), site=st.sampled_from(SITES), how=st.sampled_from(ARRIVALS))
    def come_told_wrongly(self, data: st.DataObject, site: int, how: str) -> None:
        """A clerk tells an arrival in any of the ways there are; accepted or not, no figure may become wrong."""
        away = [tenant for tenant in self.tenants if not whereabouts(self.mine(tenant))]
        tenancy, tenant = self.stay(data.draw(st.sampled_from(away)), site)
        event = Event("come", tenant, site, self.day(data, tenant), ((1, site, "enterprise"),))
        self.travel(data, event, [Draft(tenancy, f"ent_{how}", event.day)], right=False)

    @precondition(lambda self: self.tenants)
    @rule(data=st.data())
    def register(self, data: st.DataObject) -> None:
        tenant, site, _ = self.someone(data)
        day = self.day(data, tenant)
        tenancy, _ = self.stay(tenant, site)
        been = {k for e in self.mine(tenant) for step, _, k in e.steps if step > 0}
        event = Event("register", tenant, site, day, ((-1, site, "team"), (1, site, "enterprise")))
        drafts = [Draft(tenancy, "team_registered", day), Draft(tenancy, "ent_registered", day)]
        self.travel(data, event, drafts, right="enterprise" not in been)

    @precondition(lambda self: self.tenants)
    @rule(data=st.data(), by=st.integers(1, len(SITES) - 1))
    def move(self, data: st.DataObject, by: int) -> None:
        tenant, site, kind = self.someone(data)
        day, to = self.day(data, tenant), (site + by - 1) % len(SITES) + 1
        leaving, _ = self.stay(tenant, site)
        arriving, _ = self.stay(tenant, to)
        event = Event("move", tenant, site, day, ((-1, site, kind), (1, to, kind)))
        codes = self.arrival(tenant, to, kind)
        out = Draft(leaving, "ent_moved_out" if kind == "enterprise" else "team_moved_out", day)
        self.travel(data, event, [out, *(Draft(arriving, code, day) for code in codes)])

    @precondition(lambda self: self.tenants)
    @rule(data=st.data(), how=st.sampled_from(["graduated", "withdrawn", "eliminated"]))
    def leave(self, data: st.DataObject, how: str) -> None:
        tenant, site, kind = self.someone(data)
        day = self.day(data, tenant)
        how = "withdrawn" if (kind, how) == ("team", "graduated") else how
        tenancy, _ = self.stay(tenant, site)
        prefix = "ent" if kind == "enterprise" else "team"
        event = Event(how, tenant, site, day, ((-1, site, kind),))
        self.travel(data, event, [Draft(tenancy, f"{prefix}_{how}", day)])

    # ── money

    def money(self, data: st.DataObject, event: Event) -> None:
        """Post what concerns money; whether it fits is known beforehand, exactly."""
        fits = changes_fit([*self.mine(event.tenant), event])
        assert self.post(data, event, [self.draft(event)]) == fits, event

    def draft(self, event: Event) -> Draft:
        category = "funding_returned" if event.what == "return" else event.kind
        return Draft(
            self.stays[event.tenant, event.site],
            category,
            event.day,
            event.amount,
            event.technology,
            event.also_sale,
            event.what if event.what in ("supplement", "termination") else "",
            event.of.entry if event.of else None,
        )

    def drawn_technology(self, data: st.DataObject, kind: str, least: int, most: int) -> int | None:
        return data.draw(st.none() | st.integers(least, most)) if kind.startswith("tech") else None

    @precondition(lambda self: self.tenants)
    @rule(data=st.data(), day=DAYS, kind=st.sampled_from(FUNDS + INVESTMENTS), amount=AMOUNTS)
    def pay(self, data: st.DataObject, day: date, kind: str, amount: int) -> None:
        tenant, site = data.draw(st.sampled_from(sorted(self.stays)))
        what = "payment" if kind in FUNDS else "investment"
        self.money(data, Event(what, tenant, site, day, kind=kind, amount=amount))

    @precondition(lambda self: self.tenants)
    @rule(data=st.data(), day=DAYS, kind=st.sampled_from(CONTRACTS), amount=AMOUNTS, also_sale=st.booleans())
    def contract(self, data: st.DataObject, day: date, kind: str, amount: int, also_sale: bool) -> None:  # noqa: FBT001
        tenant, site = data.draw(st.sampled_from(sorted(self.stays)))
        technology = self.drawn_technology(data, kind, 0, amount)
        also_sale = also_sale and kind != "sales"
        self.money(data, Event("contract", tenant, site, day, (), kind, amount, technology, also_sale))

    def heads(self, *whats: str) -> list[Event]:
        return [e for e in standing(self.events) if e.what in whats]

    @precondition(lambda self: self.heads("payment"))
    @rule(data=st.data(), later=st.integers(-2, 9).map(timedelta))
    def give_back(self, data: st.DataObject, later: timedelta) -> None:
        paid = data.draw(st.sampled_from(self.heads("payment")))
        day = paid.day + later
        amount = data.draw(st.integers(1, paid.amount + 1))
        self.money(data, Event("return", paid.tenant, paid.site, day, kind="", amount=amount, of=paid.first))

    @precondition(lambda self: self.heads("contract"))
    @rule(data=st.data(), later=st.integers(-2, 9).map(timedelta), what=st.sampled_from(["supplement", "termination"]))
    def change(self, data: st.DataObject, later: timedelta, what: str) -> None:
        old = data.draw(st.sampled_from(self.heads("contract")))
        day = old.day + later
        least = 0 if what == "termination" else -old.amount
        amount = data.draw(st.integers(least, old.amount))
        technology = self.drawn_technology(data, old.kind, least, old.technology or 0)
        if what == "supplement" and not amount and not technology:
            return
        event = Event(what, old.tenant, old.site, day, (), old.kind, amount, technology, old.also_sale, old.first)
        self.money(data, event)

    # ── workbooks

    def settled(self) -> list[tuple[int, int]]:
        """Return (tenant, site) of the enterprises that came to a site: they have a code by which rows name them."""
        came = {(e.tenant, e.site) for e in standing(self.events) if e.steps and e.what in ARRIVALS}
        return sorted((tenant, site) for tenant, site in came if self.session.get_one(Tenant, tenant).credit_code)

    @precondition(lambda self: self.settled())
    @rule(data=st.data(), rows=st.lists(st.tuples(DAYS, AMOUNTS), min_size=1, max_size=3))
    def bring_in(self, data: st.DataObject, rows: list[tuple[date, int]]) -> None:
        """A workbook of contracts is booked whole and is known from then on."""
        tenant, site = data.draw(st.sampled_from(self.settled()))
        code, name = str(self.session.get_one(Tenant, tenant).credit_code), f"{len(self.imports)}.xlsx"
        numbers = [f"{name}-{i}" for i in range(len(rows))]
        lines = [contract(code, number, fen, happened_on=day) for number, (day, fen) in zip(numbers, rows, strict=True)]
        event = imports.receive(self.session, ALL, site, name, name.encode())
        assert event is not None
        imports.keep(self.session, event, intake(table("contracts", *lines)))
        imports.answered(self.session, event, Choices(all_doubts=True))
        accepted = imports.accept(self.session, ALL, event.id)
        assert (accepted.rows, accepted.problems) == (len(rows), [])
        told = [Event("contract", tenant, site, day, (), "sales", fen) for day, fen in rows]
        for number, one in zip(numbers, told, strict=True):
            query = sa.select(LedgerEntry.id, Posting.known_at).join(Posting, Posting.id == LedgerEntry.posting_id)
            one.entry, one.known = (
                self.session.execute(query.where(LedgerEntry.document_number == number)).one()._tuple()
            )
        self.events += told
        self.imports[event.id] = told

    @precondition(lambda self: self.imports)
    @rule(data=st.data())
    def take_out(self, data: st.DataObject) -> None:
        """An import is undone whole, unless something was built on it or put right since."""
        import_id = data.draw(st.sampled_from(sorted(self.imports)))
        mine = self.imports[import_id]
        built_on = any(e.of in mine for e in standing(self.events))
        possible = not built_on and not any(e.undone for e in mine)
        undone = undoing.undo(self.session, ALL, import_id, "误传")
        assert (undone.entries == len(mine)) == possible == (not undone.problems), (mine, undone)
        if possible:
            query = sa.select(Posting.known_at).join(LedgerEntry, LedgerEntry.posting_id == Posting.id)
            moment = self.session.scalars(query.where(LedgerEntry.reverses_id == mine[0].entry)).one()
            for one in mine:
                one.undone = moment
            del self.imports[import_id]

    # ── second thoughts

    @precondition(lambda self: self.heads("payment", "contract", "investment"))
    @rule(data=st.data(), day=DAYS, amount=AMOUNTS)
    def correct(self, data: st.DataObject, day: date, amount: int) -> None:
        old = data.draw(st.sampled_from(self.heads("payment", "contract", "investment")))
        technology = self.drawn_technology(data, old.kind, 0, amount)
        new = replace(old, day=day, amount=amount, technology=technology, root=old.first)
        known = self.moment(data, old.known)
        fits = changes_fit([*(e for e in self.mine(old.tenant) if e is not old), new])
        posted = ledger.correct(self.session, ALL, act(known_at=known), old.entry, [self.draft(new)])
        assert self.tell(posted, new, known) == fits, (old, new)
        old.undone = known if fits else None

    @precondition(lambda self: standing(self.events))
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from(standing(self.events)))
        rest = [e for e in self.mine(event.tenant) if e is not event]
        known = self.moment(data, event.known, *(self.since(event.tenant) if event.steps else ()))
        refused = bool(ledger.correct(self.session, ALL, act(known_at=known), event.entry, []).problems)
        event.undone = None if refused else known
        if event.steps:
            assert refused or whereabouts(rest) is not None, event
            assert not refused or any(e.day >= event.day for e in rest if e.steps), event
        else:
            assert refused != changes_fit(rest), event

    @precondition(lambda self: any(e.undone for e in self.events))
    @rule(data=st.data())
    def undo_twice(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from([e for e in self.events if e.undone]))
        posted = ledger.correct(self.session, ALL, act(), event.entry, [])
        assert [problem.message for problem in posted.problems] == [ledger.ALREADY_REVERSED]

    # ── what must hold

    @precondition(lambda self: self.events)
    @rule(data=st.data(), day=DAYS, past=st.booleans(), sees=st.sets(st.sampled_from(SITES), min_size=1))
    def figures_are_what_happened(self, data: st.DataObject, day: date, past: bool, sees: set[int]) -> None:  # noqa: FBT001
        """Every measure, of each site and of the province, as of any day and as known at any moment."""
        known = self.clock.moment - data.draw(AGO) if past else None
        events = standing(self.events, day, known)
        some = Scope(sees=frozenset(sees))
        for scope, places in ((ALL, (*SITES, None)), (some, sees)):
            found = totals.totals(self.session, scope, day, known)
            funded = totals.funded(self.session, scope, day, known)
            assert {site for site, _, _ in found} <= (sees if scope is some else set(SITES))
            for place in places:
                cells = _cells(found, place)
                got = figures(cells, funded.get(place or 0, 0), province=place is None)
                assert got == expected_at(events, place)
        assert _by_month(totals.by_month(self.session, ALL, day, known)) == totals.totals(self.session, ALL, day, known)
        for site in SITES:
            found_here = totals.largest(self.session, site, day, known, limit=2 * TENANTS)
            assert found_here == sorted(found_here, key=lambda pair: (-pair[1], pair[0]))
            assert dict(found_here) == self.contributions(events, site)

    @precondition(lambda self: self.events)
    @rule(data=st.data(), day=DAYS, place=st.sampled_from([*SITES, None]), key=st.sampled_from(BRIDGED))
    def bridges_sum(self, data: st.DataObject, day: date, place: int | None, key: str) -> None:
        """What was recorded since a moment sums to the figure now minus the figure as known then, to the fen."""
        since = self.clock.moment - data.draw(AGO)
        now, then = (expected_at(standing(self.events, day, known), place)[key] for known in (None, since))
        found = bridges.bridge(self.session, ALL, MEASURES[key], [Window(since, day)], place)
        assert found.count == now.count - then.count
        assert found.fen == (now.fen or 0) - (then.fen or 0)
        assert sum(group.fen for group in found.groups) == found.fen

    def contributions(self, events: list[Event], site: int) -> dict[int, int]:
        """Work out the contract value above zero of each tenancy at a site, in fen."""
        found = {
            self.stays[tenant, site]: _contracts([e for e in events if (e.tenant, e.site) == (tenant, site)])
            for tenant in self.tenants
            if (tenant, site) in self.stays
        }
        value = {stay: figure["sales_and_technology_contract_value"].fen for stay, figure in found.items()}
        return {stay: fen for stay, fen in value.items() if fen > 0}

    @precondition(lambda self: self.events)
    @rule()
    def verify_finds_nothing(self) -> None:
        assert verify(self.session) == []


def expected_at(events: list[Event], site: int | None) -> dict[str, Figure]:
    found = expected(events, site)
    assert found.keys() == MEASURES.keys(), "the model must know every measure"
    return found


def _cells(found: totals.Totals, site: int | None) -> Cells:
    cells: Cells = {}
    for (at, category, also_sale), cell in found.items():
        if site in (None, at):
            cells[category, also_sale] = cells.get((category, also_sale), Cell()).plus(cell)
    return cells


def _by_month(found: totals.MonthTotals) -> totals.Totals:
    summed: totals.Totals = {}
    for (site, _, category, also_sale), cell in found.items():
        summed[site, category, also_sale] = summed.get((site, category, also_sale), Cell()).plus(cell)
    return {key: cell for key, cell in summed.items() if any(cell)}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_any_sequence_of_acts_gives_the_figures_of_what_happened(engine: sa.Engine, clock: Clock) -> None:
    """Totals now and then, funded tenants and every measure equal a plain recomputation; verify finds nothing."""
    Valley.engine, Valley.clock = engine, clock
    quick = settings.get_current_profile_name() == "quick"
    examples = settings(max_examples=30 if quick else 400, stateful_step_count=30 if quick else 80)
    run_state_machine_as_test(Valley, settings=examples)
