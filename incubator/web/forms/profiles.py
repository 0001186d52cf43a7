"""The profile of a tenant as a form: every field of it, the contact data only for the site's own people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext

from incubator.core.industries import INDUSTRIES
from incubator.core.profiles import CONTACT_FIELDS, ENTERPRISE, FIELD_WORDS, KINDS, REASON, TEAM, Profile
from incubator.values.money import Unit
from incubator.web.filters import said
from incubator.web.forms.fields import AmountText, AreaText, Choice, DayText, Sheet, Text, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from incubator.core.one_tenant import Choices

NEEDED = {
    ENTERPRISE: frozenset({"kind", "name", "credit_code", "industry", "reason"}),
    TEAM: frozenset({"kind", "name", "project_leader", "industry", "reason"}),
}
"""What each kind must have; core insists on it, the form marks it."""


class ProfileForm(Sheet):
    """The profile. Its fields are named as those of core, so that each problem finds its place."""

    kind = Choice(FIELD_WORDS["kind"])
    name = Text(FIELD_WORDS["name"])
    credit_code = Text(FIELD_WORDS["credit_code"])
    former_names = Text(FIELD_WORDS["former_names"])
    legal_representative = Text(FIELD_WORDS["legal_representative"])
    project_leader = Text(FIELD_WORDS["project_leader"])
    contact_name = Text(FIELD_WORDS["contact_name"])
    contact_phone = Text(FIELD_WORDS["contact_phone"])
    founded_on = DayText(FIELD_WORDS["founded_on"])
    registered_capital_fen = AmountText(FIELD_WORDS["registered_capital_fen"], unit=Unit.WAN)
    industry = Choice(FIELD_WORDS["industry"])
    technology_field = Text(FIELD_WORDS["technology_field"])
    institution_id = Choice(FIELD_WORDS["institution_id"])
    zone_id = Choice(FIELD_WORDS["zone_id"])
    building = Text(FIELD_WORDS["building"])
    room = Text(FIELD_WORDS["room"])
    area_dm2 = AreaText(FIELD_WORDS["area_dm2"])
    note = Text(FIELD_WORDS["note"])
    version = Text()
    reason = Text(REASON)

    def offer(self, choices: Choices, *, contact: bool) -> None:
        """Set the options of the selects; without the right to contact data its fields are not there at all."""
        self.kind.options = [(kind, str(said(words))) for kind, words in KINDS.items()]
        self.industry.options = [(code, f"{code} {said(words)}") for code, words in INDUSTRIES.items()]
        self.institution_id.options = [
            (str(one.id), str(said(one.words)), _pilot(one.pilot)) for one in choices.institutions
        ]
        self.zone_id.options = [(str(one.id), str(said(one.words)), "") for one in choices.zones]
        if not contact:
            for name in CONTACT_FIELDS:
                del self[name]

    def mark(self, kind: str) -> None:
        """Mark what this kind of tenant must have. What the mark promises, core checks."""
        for field in self.texts():
            field.marked = field.name in NEEDED.get(kind, NEEDED[ENTERPRISE])

    def profile(self, before: Profile) -> Profile:
        """Return the profile as typed; what the form does not hold stays as it was before."""
        contact = {name: self[name].data for name in CONTACT_FIELDS if name in self}
        return replace(
            before,
            kind=self.kind.data,
            name=self.name_text,
            credit_code=self.credit_code.data or None,
            former_names=self.former_names.data,
            legal_representative=self.legal_representative.data,
            founded_on=self.founded_on.day,
            registered_capital_fen=self.registered_capital_fen.fen,
            industry=self.industry.data,
            technology_field=self.technology_field.data,
            institution_id=self.institution_id.number,
            project_leader=self.project_leader.data,
            note=self.note.data,
            zone_id=self.zone_id.number,
            building=self.building.data,
            room=self.room.data,
            area_dm2=self.area_dm2.dm2,
            **contact,
        )

    @property
    def name_text(self) -> str:
        """Return the name, which core keeps on one line."""
        return " ".join(self.name.data.split())

    @property
    def opened_version(self) -> int:
        """Return the version of the profile when the form was opened; 0 is none that ever was."""
        return int(self.version.data) if self.version.data.isdecimal() and len(self.version.data) < 10 else 0


def profile_form(
    form: type[ProfileForm],
    choices: Choices,
    *,
    contact: bool,
    typed: MultiDict[str, str] | None = None,
    start: Mapping[str, Any] | None = None,
) -> Any:
    """Return a form with its options: filled with what was typed, or with what it starts from."""
    made = form(typed, data=start if typed is None else None)
    made.offer(choices, contact=contact)
    made.mark(made.kind.data)
    return made


def start_from(profile: Profile) -> dict[str, str]:
    """Return a profile as the texts that a form begins with."""
    plain = {name: str(getattr(profile, name) or "") for name in FIELD_WORDS}
    return plain | {
        "founded_on": profile.founded_on.isoformat() if profile.founded_on else "",
        "registered_capital_fen": text_in(profile.registered_capital_fen, Unit.WAN),
        "area_dm2": text_in(profile.area_dm2, Unit.YUAN),
    }


def _pilot(pilot: bool) -> str:  # noqa: FBT001 - a column's value
    return str(lazy_gettext("试点高校")) if pilot else ""
