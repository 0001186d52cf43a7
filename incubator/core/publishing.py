"""Publishing: freezes the summary of a place as it is known at this moment, and registers the figures that are said."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import clock, ledger, published
from incubator.core.measures import MEASURES, Figure
from incubator.core.profiles import TOO_LONG
from incubator.core.published import LONGEST_NAME, NO_OCCASION, NO_PLACE, NOT_POSITIVE, Told, at_precision
from incubator.core.reports import Clocks, PlaceSummary, Summary
from incubator.models.published import Publication
from incubator.models.site import Site
from incubator.values.money import yuan
from incubator.values.problem import Problem
from incubator.values.words import Words, same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope

NOTHING_CHOSEN = Words("至少选择一个要发布的指标", "Choose at least one figure to publish")
NOT_OPEN = Words("该日尚未开园，没有可发布的数字", "The site was not open on that day: there is nothing to publish")


class Saying(NamedTuple):
    """What is going to be said: where, as of which day, and each measure at which precision (yuan, or a count)."""

    site_id: int | None
    as_of: date
    occasion: str
    precisions: Mapping[str, Decimal]


class Published(NamedTuple):
    """What came of publishing: the number of the frozen summary, or what is wrong."""

    publication_id: int | None
    problems: list[Problem]


def publish(
    session: Session, scope: Scope, key: str, saying: Saying, workbook: Callable[[Clocks], tuple[Summary, bytes]]
) -> Published:
    """Freeze and register. `workbook` writes the summary's workbook as of the clocks it is given. Never commits.

    The heads of the sites are locked first: nothing can be recorded between the figures and the moment they name.
    A key that was used before answers with what it published.
    """
    before = session.scalar(sa.select(Publication.id).where(Publication.key == key))
    if before is not None:
        return Published(before, [])
    problems = _faults(scope, saying)
    if problems:
        return Published(None, problems)
    heads = ledger.lock_sites(session, _site_ids(session, saying.site_id))
    moment = max([clock.now(), *(head.recorded_at for head in heads if head.recorded_at)])
    clocks = Clocks(saying.as_of)
    summary, content = workbook(clocks)
    place = next((one for one in (*summary.sites, summary.province) if one and one.place.id == saying.site_id), None)
    if place is None or not place.place.open_on(saying.as_of):
        return Published(None, [Problem("as_of", NOT_OPEN)])
    row = Publication(
        key=key,
        site_id=saying.site_id,
        as_of=saying.as_of,
        known_at=moment,
        published_by=scope.person_id,
        occasion=saying.occasion.strip(),
        fingerprint=summary.fingerprint,
        figures=json.dumps(frozen(place), ensure_ascii=False),
        workbook=content,
        workbook_hash=hashlib.sha256(content).hexdigest(),
    )
    session.add(row)
    session.flush()
    return Published(row.id, _register(session, scope, saying, place, row))


def _faults(scope: Scope, saying: Saying) -> list[Problem]:
    found = []
    if not published.may_register(scope, saying.site_id):
        found.append(Problem("site", NO_PLACE))
    if not saying.occasion.strip():
        found.append(Problem("occasion", NO_OCCASION))
    if len(saying.occasion.strip()) > LONGEST_NAME:
        found.append(Problem("occasion", TOO_LONG.fill(n=LONGEST_NAME)))
    if not saying.precisions:
        found.append(Problem("measures", NOTHING_CHOSEN))
    if any(precision <= 0 for precision in saying.precisions.values()):
        found.append(Problem("precision", NOT_POSITIVE))
    return found


def _site_ids(session: Session, site_id: int | None) -> list[int]:
    return [site_id] if site_id is not None else list(session.scalars(sa.select(Site.id)))


def _register(session: Session, scope: Scope, saying: Saying, place: PlaceSummary, row: Publication) -> list[Problem]:
    """Enter each figure that is said, rounded to its precision, as known at the moment of freezing."""
    problems: list[Problem] = []
    for key, precision in saying.precisions.items():
        measure = MEASURES[key]
        exact = value_of(key, place.figures[key])
        told = Told(
            site_id=saying.site_id,
            measure=key,
            words=measure.words,
            value=at_precision(exact, precision),
            unit="yuan" if measure.money else "count",
            precision=precision,
            as_of=saying.as_of,
            published_on=clock.today(),
            occasion=same(saying.occasion.strip()),
        )
        problems += published.add(session, scope, told, row.known_at, row.id).problems
    return problems


def value_of(key: str, figure: Figure) -> Decimal:
    """Return a figure in the unit it is published in: yuan, or a count."""
    return Decimal(figure.fen or 0) / 100 if MEASURES[key].money else Decimal(figure.count)


def frozen(place: PlaceSummary) -> dict[str, dict[str, str | int | None]]:
    """Return all figures of a place with their names and definitions of this moment, as they are kept for years."""
    return {
        key: {
            "name_zh": MEASURES[key].words.zh,
            "name_en": MEASURES[key].words.en,
            "definition_zh": MEASURES[key].definition.zh,
            "definition_en": MEASURES[key].definition.en,
            "count": figure.count,
            "yuan": None if figure.fen is None else yuan(figure.fen),
            "ratio": None if figure.ratio is None else str(figure.ratio),
        }
        for key, figure in place.figures.items()
    }


class FrozenFigure(NamedTuple):
    """One figure as it was kept, with its name and definition of that time."""

    key: str
    words: Words
    definition: Words
    figure: Figure


def thawed(row: Publication) -> list[FrozenFigure]:
    """Return all figures of a frozen summary, as they were written down; nothing is computed anew."""
    return [
        FrozenFigure(
            key,
            Words(kept["name_zh"], kept["name_en"]),
            Words(kept["definition_zh"], kept["definition_en"]),
            Figure(
                kept["count"],
                None if kept["yuan"] is None else int(Decimal(kept["yuan"]) * 100),
                None if kept["ratio"] is None else Fraction(kept["ratio"]),
            ),
        )
        for key, kept in json.loads(row.figures).items()
    ]


def publication(session: Session, scope: Scope, publication_id: int) -> Publication | None:
    """Return a frozen summary that a person may see."""
    query = sa.select(Publication).where(Publication.id == publication_id)
    if not scope.everything:
        query = query.where(Publication.site_id.in_(scope.sees))
    return session.scalars(query).one_or_none()
