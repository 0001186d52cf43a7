"""`flask reindex` builds the search index where an upgrade left it empty, and leaves a current one alone."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from incubator.extensions import db
from incubator.models.search import NameTerm
from incubator.models.setting import Setting


def terms(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(NameTerm)) or 0


def forget(app: Flask, *models: type) -> None:
    with app.app_context():
        for model in models:
            for row in db.session.scalars(sa.select(model)):
                db.session.delete(row)  # settings are watched: a statement over them is refused
        db.session.commit()


def test_an_index_that_an_upgrade_left_empty_is_built_once(app: Flask) -> None:
    before = terms(app)
    assert before
    run = app.test_cli_runner().invoke
    assert "current" in run(args=["reindex"]).stderr
    forget(app, NameTerm, Setting)
    assert "built anew" in run(args=["reindex"]).stderr
    assert terms(app) == before
    assert "current" in run(args=["reindex"]).stderr


def test_it_can_be_built_anew_at_any_time(app: Flask) -> None:
    before = terms(app)
    forget(app, NameTerm)
    run = app.test_cli_runner().invoke
    assert "current" in run(args=["reindex"]).stderr
    assert run(args=["verify"]).exit_code == 1
    assert "built anew" in run(args=["reindex", "--anew"]).stderr
    assert terms(app) == before
    assert run(args=["verify"]).exit_code == 0
