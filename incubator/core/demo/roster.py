"""Who comes, becomes an enterprise, leaves, moves and returns: every tenant of the demonstration with its course."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from incubator.core.demo.days import known, moment, on_or_after, working_days, working_days_of
from incubator.core.demo.names import Field, Naming, company, credit_code, dice, phone, team
from incubator.core.demo.published import INSTITUTIONS, LAST_DAY, SITES
from incubator.core.demo.steps import Face, Guest
from incubator.core.profiles import ENTERPRISE, TEAM, Profile

OPENED = {site.slug: site.opened_on for site in SITES if site.opened_on is not None}
FIRST_COUNT = date(2024, 1, 16)
"""The day for which 68 settled tenants were published: what happened by then was known by then."""


class Wave(NamedTuple):
    """How many tenants of a kind come to a site on which days."""

    site: str
    kind: str
    number: int
    days: list[date]


def _waves() -> list[Wave]:
    """Return the arrivals: a valley that opens full of hope, rests over New Year, and fills up."""
    first = OPENED["taiyuan"]
    then = working_days(first + timedelta(days=3), FIRST_COUNT)
    taiyuan = {202401: 8, 202402: 5, 202403: 17, 202404: 14, 202405: 11, 202406: 14, 202407: 8, 202408: 5, 202409: 11,
               202410: 4}  # fmt: skip
    datong = {202404: 2, 202405: 3, 202406: 2, 202407: 1, 202408: 2, 202409: 1}
    after, opened = FIRST_COUNT + timedelta(days=1), OPENED["datong"]
    return [
        Wave("taiyuan", ENTERPRISE, 31, [first]),
        Wave("taiyuan", TEAM, 14, [first]),
        Wave("taiyuan", ENTERPRISE, 17, then),
        Wave("taiyuan", TEAM, 6, then),
        *(Wave("taiyuan", ENTERPRISE, n, working_days_of(month, after)) for month, n in taiyuan.items()),
        Wave("taiyuan", TEAM, 4, [date(2024, 3, 20), date(2024, 4, 18), date(2024, 6, 13), date(2024, 8, 22)]),
        Wave("datong", ENTERPRISE, 6, [opened]),
        Wave("datong", TEAM, 2, [opened]),
        *(
            Wave("datong", ENTERPRISE, n, working_days_of(month, opened + timedelta(days=4)))
            for month, n in datong.items()
        ),
        Wave("datong", TEAM, 1, [date(2024, 6, 19)]),
    ]


class _Registry:
    """Makes the tenants, numbering them as they come to mind."""

    def __init__(self) -> None:
        self._chance = dice("roster")
        self._names = Naming(self._chance)
        self.guests: list[Guest] = []

    def welcome(self, wave: Wave) -> None:
        """Let a wave of tenants come; teams come on the days given, enterprises on a few of them."""
        spread = len(wave.days) != wave.number
        days = sorted(self._chance.choices(wave.days, k=wave.number)) if spread else wave.days
        for day in days:
            self.guests.append(self._guest(wave.site, wave.kind, day))

    def _guest(self, site: str, kind: str, came_on: date) -> Guest:
        number = len(self.guests) + 1
        delay = 0 if came_on <= FIRST_COUNT else self._chance.choice((0, 0, 1, 1, 2, 3))
        return Guest(
            number,
            site,
            self.face(site, kind, number, came_on),
            came_on,
            known(came_on, delay, self._chance.choice((9, 10, 11, 14, 15))),
            self._signed_on(site, came_on),
        )

    def _signed_on(self, site: str, came_on: date) -> date | None:
        """Return when the agreement was signed, where that is known and lies within the demonstration."""
        day = on_or_after(came_on - timedelta(days=self._chance.randint(3, 40)))
        return day if OPENED[site] <= day < came_on and self._chance.random() < 0.7 else None

    def face(self, site: str, kind: str, number: int, came_on: date) -> Face:
        """Return the profile of a new tenant."""
        field, chance = self._names.field(), self._chance
        stem, person = self._names.stem(field), self._names.person()
        own = self._enterprise(stem, field, number, came_on) if kind == ENTERPRISE else self._team(stem)
        profile = Profile(
            kind=kind,
            legal_representative=person if kind == ENTERPRISE else "",
            contact_name=self._names.person(),
            contact_phone=phone(site, number),
            industry=chance.choice(field.industries),
            technology_field=field.name,
            building=chance.choice("ABCDE") + "座",
            room=f"{chance.randint(2, 16)}{chance.randint(1, 18):02d}",
            area_dm2=chance.choice((4_000, 6_000, 8_500, 12_000, 16_050, 24_000, 38_080, 60_000)),
            **own,
        )
        return Face(profile, self._institution(site, kind), self._zone(site, number))

    def _enterprise(self, stem: str, field: Field, number: int, came_on: date) -> dict[str, Any]:
        """Return what only an enterprise has; most are young."""
        age = self._chance.choice((20, 45, 90, 150, 240, 400, 700, 1300))
        wan = self._chance.choice((50, 100, 100, 200, 300, 500, 500, 1000, 2000))
        return {
            "name": company(stem, field),
            "credit_code": credit_code(number),
            "founded_on": came_on - timedelta(days=age + self._chance.randint(0, 30)),
            "registered_capital_fen": wan * 1_000_000,
        }

    def _team(self, stem: str) -> dict[str, Any]:
        return {"name": team(stem), "project_leader": self._names.person()}

    def _institution(self, site: str, kind: str) -> str:
        """Return where it comes from: teams from universities, many enterprises too, the pilots first."""
        weights = [9, 14, 12, 5, 4, 3, 2, 4]
        if site == "datong":
            weights[6] = 20
        found = self._chance.choices(INSTITUTIONS, weights)[0].words.zh
        return found if kind == TEAM or self._chance.random() < 0.45 else ""

    def _zone(self, site: str, number: int) -> str:
        """Return the zone: the first one fills up before the second is built."""
        if site != "taiyuan":
            return ""
        return "起步区" if number <= 90 or self._chance.random() < 0.25 else "拓展区"

    def company_of(self, guest: Guest, day: date) -> Face:
        """Return the enterprise that a team becomes: its name, its leader at the head, a code."""
        was = guest.face.profile
        stem = was.name.removeprefix("示例").removesuffix("科创团队")
        profile = replace(
            was,
            kind=ENTERPRISE,
            name=f"示例{stem}科技有限公司",
            credit_code=credit_code(guest.number),
            legal_representative=was.project_leader,
            founded_on=day,
            registered_capital_fen=self._chance.choice((50, 100, 200, 300)) * 1_000_000,
        )
        return replace(guest.face, profile=profile)


def tenants() -> tuple[list[Guest], list[Guest]]:
    """Return who came by the last day, with its course, and who has only signed. Pure: always the same."""
    registry = _Registry()
    for wave in _waves():
        registry.welcome(wave)
    found = registry.guests
    for index, day in _registrations(found).items():
        found[index] = _registered(registry, found[index], day)
    for index, course in _courses(found).items():
        found[index] = replace(found[index], **course)
    return found, _signers(registry, len(found) + 1)


def _signers(registry: _Registry, first_number: int) -> list[Guest]:
    found = []
    days = date(2024, 9, 12), date(2024, 9, 24), date(2024, 10, 9), date(2024, 10, 11)
    for number, day in enumerate(days, first_number):
        face = registry.face("taiyuan", ENTERPRISE, number, day)
        found.append(Guest(number, "taiyuan", face, LAST_DAY, known(day, 0, 10), signed_on=day))
    return found


def _places(found: list[Guest], site: str, kind: str) -> list[int]:
    """Return the indexes of a site's enterprises or teams in the order of their coming to mind."""
    return [i for i, guest in enumerate(found) if guest.site == site and guest.face.profile.kind == kind]


def _registrations(found: list[Guest]) -> dict[int, date]:
    """Return which teams became enterprises, and when. One had been registered on the day before it came."""
    teams, there = _places(found, "taiyuan", TEAM), _places(found, "datong", TEAM)
    return {
        teams[0]: date(2024, 1, 26),
        teams[2]: date(2024, 2, 20),
        teams[3]: date(2024, 3, 5),
        teams[7]: date(2024, 3, 29),
        teams[9]: date(2024, 5, 16),
        teams[11]: date(2024, 7, 4),
        teams[15]: date(2024, 6, 6),
        teams[18]: date(2024, 9, 26),
        teams[20]: date(2024, 3, 19),
        there[0]: date(2024, 7, 10),
    }


def _registered(registry: _Registry, guest: Guest, day: date) -> Guest:
    counted = max(day, guest.came_on)
    at = max(known(counted, 2, 16), guest.known_at)
    if day == date(2024, 9, 26):
        at = moment(date(2024, 10, 14), 11, 20)  # after the bulletin
    return replace(guest, registered_on=day, registered_known_at=at, enterprise=registry.company_of(guest, day))


def _courses(found: list[Guest]) -> dict[int, dict[str, Any]]:
    """Return what became of some tenants of Taiyuan; and the admission that was recorded after the bulletin."""
    firms, teams = _places(found, "taiyuan", ENTERPRISE), _places(found, "taiyuan", TEAM)
    september = [i for i in firms if found[i].came_on.month == 9]
    return {
        firms[2]: {"left_on": date(2024, 8, 30), "how": "graduated", "why": "达到毕业条件（示例）"},
        firms[11]: {"left_on": date(2024, 9, 20), "how": "graduated", "why": "达到毕业条件（示例）"},
        firms[17]: {"left_on": date(2024, 6, 14), "how": "withdrawn", "why": "迁往省外发展（示例）"},
        firms[20]: {"left_on": date(2024, 7, 31), "how": "eliminated", "why": "连续六个月无实质进展（示例）"},
        firms[23]: {
            "left_on": date(2024, 4, 26),
            "how": "withdrawn",
            "why": "合伙人变动，暂停项目（示例）",
            "back_on": date(2024, 8, 5),
        },
        firms[8]: {"moved_on": date(2024, 6, 20)},
        teams[5]: {"left_on": date(2024, 5, 17), "how": "withdrawn", "why": "项目未能继续（示例）"},
        september[-1]: {
            "came_on": date(2024, 9, 25),
            "known_at": moment(date(2024, 10, 10), 9, 40),
            "signed_on": None,
            "late": True,
        },
        september[-2]: {
            "came_on": date(2024, 9, 27),
            "known_at": moment(date(2024, 10, 8), 15, 10),
            "signed_on": None,
            "late": True,
        },
    }


LATE_DAY = date(2024, 10, 8)
"""The day under which the admission of 2024-09-27 was recorded first; it was put right after the bulletin."""
