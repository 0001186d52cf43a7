"""`flask reconcile` and `flask demo --aftermath`: what was published, then and now, and the rows between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from incubator import create_app
from incubator.config import Config
from incubator.core import closings, passwords
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry
from incubator.models.site import Site
from tests.databases import copy_sqlite, open_engine
from tests.making import ALL
from tests.web.conftest import cheap_hasher

Run = Callable[..., Result]
CONTRACTS = "sales_and_technology_contract_value"


@pytest.fixture(scope="module", autouse=True)
def shell() -> Iterator[None]:
    """A Chinese shell, and passwords that cost nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "zh_CN.UTF-8")
        patch.setattr(passwords, "HASHER", cheap_hasher())
        yield


@contextmanager
def running(url: str, instance: Path) -> Iterator[Run]:
    """Run commands on a database; when it is left, nobody is connected to it."""
    app: Flask = create_app(Config(instance, url, "k" * 32))
    runner = app.test_cli_runner()
    yield lambda line: runner.invoke(args=line.split())
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def demonstration(shell: None, databases: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration data, loaded once to be copied."""
    url = databases("sqlite")
    with running(url, tmp_path_factory.mktemp("instance")) as run:
        assert run("demo").exit_code == 0
    return Path(str(sa.make_url(url).database))


@pytest.fixture(scope="module")
def run(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A shell on the demonstration data; nothing is written to it."""
    folder = tmp_path_factory.mktemp("run")
    with running(copy_sqlite(demonstration, folder), folder) as found:
        yield found


@pytest.fixture(scope="module")
def later(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A shell on the demonstration data with its aftermath; nothing more is written to it."""
    folder = tmp_path_factory.mktemp("later")
    with running(copy_sqlite(demonstration, folder), folder) as found:
        assert found("demo --aftermath").exit_code == 0
        yield found


def reconciled(run: Run, line: str = "reconcile --format json") -> dict[tuple[str, str, str], dict[str, Any]]:
    result = run(line)
    assert result.exit_code == 0, result.output
    return {(one["site"], one["measure"], one["as_of"]): one for one in json.loads(result.stdout)}


def sums(one: dict[str, Any]) -> bool:
    """Say whether the bridge's rows lead from the figure then to the figure now."""
    unit = "yuan" if any(step["yuan"] for step in one["bridge"]) else "count"
    rows = sum(Decimal(str(step[unit])) for step in one["bridge"])
    return rows == Decimal(str(one["now"])) - Decimal(str(one["then"]))


def test_what_was_published_ties_and_the_invented_bulletin_has_a_bridge(run: Run) -> None:
    found = reconciled(run)
    ours = [one for one in found.values() if one["now"] is not None]
    assert len(ours) == 9
    assert len(found) == 21
    assert all(one["ties_as_known_then"] and sums(one) for one in ours)
    assert {one["as_of"] for one in ours if not one["ties_now"]} == {"2024-09-30"}
    bulletin = found["taiyuan", CONTRACTS, "2024-09-30"]
    assert {step["why"] for step in bulletin["bridge"]} == {"added", "corrected", "reversed"}
    assert {step["recorded_at"][:10] for step in bulletin["bridge"]} <= {f"2024-10-{day:02d}" for day in range(9, 15)}
    indicator = found["province", "provincial_key_laboratories", "2024-10-15"]
    assert (indicator["published"], indicator["then"], indicator["ties_now"], indicator["bridge"]) == (
        173, None, None, [],
    )  # fmt: skip


def test_an_indicator_is_told_from_what_has_no_measure_here(run: Run) -> None:
    """As the source of the figures says: of three of the province it does not say that they are indicators only."""
    found = reconciled(run, "reconcile --site province --format json").values()
    alone = {one["measure"]: one["indicator_only"] for one in found if one["now"] is None}
    assert {measure for measure, indicator in alone.items() if not indicator} == {
        "technology_managers_trained",
        "technology_transfer_organisations_national",
        "technology_transfer_organisations_provincial",
    }
    assert sum(alone.values()) == 9
    table = run("reconcile --site province").stdout
    assert (table.count("台账无此指标"), table.count("仅指标")) == (3, 9)


def test_the_aftermath_moves_today_s_figure_and_the_bridge_says_why(later: Run) -> None:
    found = reconciled(later, "reconcile --site taiyuan --format json")
    assert {site for site, _, _ in found} == {"taiyuan"}
    contracts = found["taiyuan", CONTRACTS, "2024-10-15"]
    assert (contracts["then"], contracts["ties_as_known_then"], contracts["ties_now"]) == (227_000_000, True, False)
    assert sums(contracts)
    assert [step["why"] for step in contracts["bridge"]] == ["added", "corrected", "corrected", "reversed"]
    assert all(step["reason"] for step in contracts["bridge"])
    enterprises = found["taiyuan", "enterprises_admitted", "2024-10-15"]
    assert (enterprises["then"], enterprises["now"], len(enterprises["bridge"])) == (154, 155, 1)
    assert sums(enterprises)
    assert later("verify").exit_code == 0


def test_totals_as_known_then_are_what_was_published(later: Run) -> None:
    told = json.loads(
        later("totals --as-of 2024-09-30 --known-at 2024-10-08T18:00 --site taiyuan --format json").stdout
    )
    assert told["sites"][0]["enterprises_admitted"]["count"] == 147
    assert told["known_at"] == "2024-10-08T10:00:00+00:00"
    refused = later("totals --known-at gestern")
    assert refused.exit_code == 1
    assert "gestern" in refused.stderr


def test_the_table_tells_the_sentence(later: Run) -> None:
    shown = later("reconcile --site taiyuan").stdout
    assert "现在不一致" in shown
    assert "补录 1 笔 +1,200,000.00 元，更正 1 笔 -100,000.00 元，冲销 1 笔" in shown


def test_the_aftermath_is_recorded_once_and_an_unknown_site_is_named(later: Run) -> None:
    again, nowhere = later("demo --aftermath"), later("reconcile --site nowhere")
    assert (again.exit_code, nowhere.exit_code) == (1, 1)
    assert "只补录一次" in again.stderr
    assert "nowhere" in nowhere.stderr


def test_a_closed_month_takes_no_aftermath_and_says_so_once(demonstration: Path, tmp_path: Path) -> None:
    url = copy_sqlite(demonstration, tmp_path)
    engine = open_engine(url)
    with Session(engine) as session:
        site = session.scalars(sa.select(Site).filter_by(slug="taiyuan")).one()
        assert not closings.submit(session, ALL, site, 202409)
        assert not closings.accept(session, ALL, site, 202409)
        session.commit()
        before = session.scalar(sa.select(sa.func.max(LedgerEntry.id)))
        session.rollback()
        with running(url, tmp_path) as run:
            refused = run("demo --aftermath")
        assert session.scalar(sa.select(sa.func.max(LedgerEntry.id))) == before
    engine.dispose()
    assert (refused.exit_code, refused.stdout) == (1, "")
    (sentence,) = refused.stderr.splitlines()
    assert sentence.startswith("2024年9月已于")
    assert "关账，不能再录入、更正或导入" in sentence
