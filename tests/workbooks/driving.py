"""An import driven through its pages, by whoever is signed in: uploaded, worked off in this process, booked."""

from __future__ import annotations

import re
import time
from html import unescape
from io import BytesIO

from flask import Flask
from sqlalchemy.orm import Session

from incubator.excel import importing
from tests.databases import open_engine
from tests.workbooks.cases import Came
from tests.workbooks.yard import OWN, Yard, sign_in

_PLACE = re.compile(r"<strong>([^<]+![A-Z]+\d+)</strong>")
_ROW = re.compile(r'row-title">(?:<a [^>]*>)?([^<]+![A-Z]*\d+)<')
_TOLD = re.compile(r'name="told" value="([^"]*)"')
_BOOKED = re.compile(r"已入账 ([\d,]+) 笔，与预览一致")
_MAIN = re.compile(r"<main .*?</main>", re.DOTALL)


def yard_of_pages(app: Flask, peaks: list[float]) -> Yard:
    """Return the yard whose workbooks come in through the pages."""

    def bring(content: bytes, name: str) -> Came:
        begun = time.monotonic()
        place = found.send("/imports/", {"site": OWN, "file": (BytesIO(content), name)})
        came = came_of(found, place, worked_off(found, place))
        if came.outcome == "accept":
            shown = booked(found, place)
            number = _BOOKED.search(shown)
            assert number, shown
            came = came._replace(told=int(number[1].replace(",", "")), said=came.said + shown)
        return came._replace(seconds=time.monotonic() - begun, megabytes=max(peaks))

    found = Yard(app, open_engine(app.config["SQLALCHEMY_DATABASE_URI"]), sign_in(app), bring)
    return found


def worked_off(yard: Yard, place: str) -> str:
    """Return the page of an import when the worker is through with it, in this process."""
    if 'id="import-progress"' in yard.page(place):
        while importing.work_one(lambda: Session(yard.engine)):
            pass
    return yard.page(place)


def booked(yard: Yard, place: str) -> str:
    """Press the button that books everything; returns the page after it."""
    told = _TOLD.search(yard.page(place))
    assert told
    yard.send(f"{place}/book", {"told": told[1]})
    return worked_off(yard, place)


def came_of(yard: Yard, place: str, page: str) -> Came:
    """Read off the page what an upload came to; nothing is booked yet."""
    main = _MAIN.search(page)
    assert main
    text = unescape(re.sub(r"<[^>]+>", "", main[0]))
    known = yard.page(f"{place}?show=known") if _TOLD.search(page) else ""
    named = frozenset(unescape(one) for one in (*_PLACE.findall(page), *_ROW.findall(known)))
    return Came(_outcome(page), text, page + known, named, 0, 0, 0)


def _outcome(page: str) -> str:
    told = _TOLD.search(page)
    if told is None or "还有列没有对应" in page:
        return "reject_file"
    counts = [[int(number) for number in sheet.split(",")] for sheet in told[1].split(";")]
    _new, known, doubtful, wrong = (sum(numbers) for numbers in zip(*counts, strict=True))
    waits = re.search(r"<button[^>]* disabled>全部入账", page) is not None
    assert waits or not (wrong or doubtful), "the button waits while anything is open"
    if wrong:
        return "reject_rows"
    return "warn" if doubtful or known or waits else "accept"
