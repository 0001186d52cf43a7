"""A server that is killed while its worker imports leaves all or nothing, and goes on where it was when it is back."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import passwords, people, sites, tenants
from incubator.core.imports import jobs
from incubator.core.profiles import Profile
from incubator.models.imports import Job
from incubator.models.site import Site
from tests.cli.test_killed import held
from tests.databases import open_engine
from tests.making import ALL, act, credit_code
from tests.web.conftest import cheap_hasher

ROOT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("KILLS", "1"))
"""In how many imports the server is killed, twice in each; more by hand: KILLS=50."""
ROWS = 4_000
LOGIN, PASSWORD = "keeper", "spring-valley-42"
HEAD = ("统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）", "技术交易额（元）")
SERVE = "from waitress import serve; from wsgi import app; serve(app, host='127.0.0.1', port={port})"
PATIENCE = 100
"""Seconds in which a server has to come up, and a worker to be done."""


class Visitor:
    """A browser without a screen, for a server in a process of its own."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open

    def get(self, path: str) -> str:
        with self._open(self._base + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def send(self, path: str, form: str, **data: str) -> str:
        """Send a form with the token of a page; returns where it led."""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.get(form))
        assert token
        body = urlencode({"csrf_token": token[1]} | data).encode()
        with self._open(self._base + path, body, timeout=PATIENCE) as answer:
            return str(answer.url).removeprefix(self._base)

    def sign_in(self) -> None:
        self.until(lambda: self.get("/sign-in"))
        self.send("/sign-in", "/sign-in", login=LOGIN, password=PASSWORD)

    def until(self, look: Callable[[], object]) -> None:
        """Look again until there is something to see."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            try:
                if look():
                    return
            except (URLError, ConnectionError):
                pass  # it is not up yet
            time.sleep(0.1)
        raise TimeoutError

    def until_says(self, path: str, text: str) -> str:
        self.until(lambda: re.search(text, self.get(path)))
        return self.get(path)


@contextmanager
def server(url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Visitor]]:
    """Run the application behind the production server, with the worker inside it; killed at the end, if not before."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {"DATABASE_URL": url, "INCUBATOR_INSTANCE": str(folder)}
    command = [sys.executable, "-c", SERVE.format(port=port)]
    nowhere = subprocess.DEVNULL
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=nowhere, stderr=nowhere, start_new_session=True
    )
    try:
        visitor = Visitor(port)
        visitor.sign_in()
        yield running, visitor
    finally:
        kill(running)


def kill(running: subprocess.Popen[bytes]) -> None:
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def plant(session: Session) -> None:
    site = sites.add_site(session, "taiyuan", "晋创谷·太原", "Taiyuan", date(2023, 12, 22))
    assert isinstance(site, Site)
    profile = Profile(name="示例被中断科技有限公司", credit_code=credit_code(7), industry="I")
    assert tenants.admit(session, ALL, act(), site.id, profile, date(2024, 1, 2)).tenant_id
    people.add(session, LOGIN, LOGIN, people.appointments("site-manager", [site.id]), PASSWORD)
    session.commit()


def rows(round_: int) -> str:
    """Return contracts as they are pasted, too many for a request."""
    day = date(2024, 1, 3)
    lines = [(credit_code(7), f"K-{round_}-{n}", "销售合同", (day + timedelta(n % 200)).isoformat(), f"客户{n % 90}",
              str(10_000 + n), "") for n in range(ROWS)]  # fmt: skip
    text = "\n".join("\t".join(line) for line in (HEAD, *lines))
    assert len(text.encode()) > jobs.LARGE_BYTES
    return text


def let_time_pass(engine: sa.Engine) -> None:
    """Let the lease of whoever was killed run out."""
    with Session(engine) as session:
        session.execute(sa.update(Job).where(Job.state == "running").values(leased_until=Job.made_at))
        session.commit()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_server_killed_in_mid_import_leaves_all_or_nothing(
    databases: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "HASHER", cheap_hasher())
    url = databases("sqlite")
    engine = open_engine(url)
    with Session(engine) as session:
        plant(session)
    dice = random.Random("kill the server")
    for round_ in range(ROUNDS):
        before = held(engine)[1]
        with server(url, tmp_path) as (running, visitor):
            page = visitor.send("/imports/paste", "/imports/", site="taiyuan", rows=rows(round_))
            time.sleep(dice.uniform(0, 1.5))
            kill(running)
        assert held(engine)[1] == before, "reading books nothing"
        let_time_pass(engine)
        with server(url, tmp_path) as (running, visitor):
            preview = visitor.until_says(page, "全部入账|全部无误")
            while (open_ := re.search(r'action="([^"]+/yes)">(.*?)</form>', preview, re.DOTALL)) is not None:
                fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', open_[2]))
                visitor.send(open_[1], page, **{name: fields[name] for name in fields if name != "csrf_token"})
                preview = visitor.until_says(page, "全部入账")
            told = re.search(r'name="told" value="([^"]*)"', preview)
            assert told
            visitor.send(f"{page}/book", page, told=told[1])
            time.sleep(dice.uniform(0, 2.5))
            kill(running)
        assert held(engine)[1] in {before, before + ROWS}
        let_time_pass(engine)
        with server(url, tmp_path) as (running, visitor):
            visitor.until_says(page, f"已入账 {ROWS:,} 笔，与预览一致")
        assert held(engine)[1] == before + ROWS
    engine.dispose()
