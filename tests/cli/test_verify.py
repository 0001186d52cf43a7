"""`flask verify`: no output and status 0 when all is well, else a line for each difference and status 1."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from incubator.extensions import db


def test_a_sound_database_is_said_to_be_sound(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["verify"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "Verified: no difference\n")


def test_each_difference_is_a_line_and_the_status_is_1(app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.text("UPDATE monthly_total SET amount_fen = 6"))
        db.session.commit()
    done = app.test_cli_runner().invoke(args=["verify"])
    assert (done.exit_code, done.stderr) == (1, "Verified; differences: 1\n")
    kind, where, words = done.stdout.splitlines()[0].split("\t")
    assert (kind, where) == ("monthly_total", "site_id 1, category sales, also_sale False, month 202603")
    assert words == "the entries sum to [1, 5, 0, 0], the total says [1, 6, 0, 0]"
    assert len(done.stdout.splitlines()) == 1
