"""What the tests drive on the machine: where it is, and a throw-away PostgreSQL."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIBREOFFICE_NAMES = ("soffice", "libreoffice")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")
CHINESE_FONT = re.compile(r"CJK|SourceHan|wqy|SimSun|SimHei|PingFang", re.IGNORECASE)
# Nothing here outlives the tests, so nothing has to survive a power cut.
POSTGRES_OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def chromium_path() -> Path:
    """Return the Chromium that the browser tests drive: the one named by CHROMIUM, else the machine's.

    Raises FileNotFoundError if there is none.
    """
    return _program(os.environ.get("CHROMIUM"), CHROMIUM_NAMES)


def libreoffice_path() -> Path:
    """Return the program that recalculates workbooks: the one named by LIBREOFFICE, else the machine's.

    Raises FileNotFoundError if there is none.
    """
    return _program(os.environ.get("LIBREOFFICE"), LIBREOFFICE_NAMES)


def workbook_cases() -> Path:
    """Return the list of others' workbooks for importers to be tried on: WORKBOOK_CASES, or beside the project.

    Raises FileNotFoundError if there is none: such workbooks are no part of the project.
    """
    named = os.environ.get("WORKBOOK_CASES")
    found = [Path(named)] if named else sorted(ROOT.parent.glob("*/workbooks/cases.public.json"))
    if not found or not found[0].is_file():
        raise FileNotFoundError("no workbooks of others: name their cases.json in WORKBOOK_CASES")
    return found[0]


def chinese_fonts() -> Path:
    """Return a font file with Chinese glyphs, without which a picture of a page shows boxes.

    Raises FileNotFoundError if there is none.
    """
    for folder in FONT_FOLDERS:
        for path in Path(folder).expanduser().rglob("*.[ot]t[fc]"):
            if CHINESE_FONT.search(path.name):
                return path
    raise FileNotFoundError("no font with Chinese glyphs")


def postgres_programs() -> Path:
    """Return the folder with initdb and pg_ctl, of the newest PostgreSQL where there are several.

    Raises FileNotFoundError if there is none.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4].split(".")[0]))
    if found:
        return found[-1].parent
    # Debian keeps the server's programs off the PATH, others have them there.
    return _program(None, ("initdb",)).resolve().parent


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the SQLAlchemy URL of a PostgreSQL server: the one in TEST_POSTGRES_URL, else one started for this block.

    The URL names the server's maintenance database; `new_database` makes others beside it.
    """
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", given)
        return
    with tempfile.TemporaryDirectory(prefix="incubator-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        as_user = _unprivileged(folder)
        port = _free_port()
        _initialise(folder, as_user)
        _control(folder, as_user, "-w", "-o", f"-p {port} -k {folder} {POSTGRES_OPTIONS}", "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            _control(folder, as_user, "-w", "-m", "immediate", "stop")


def new_database(server_url: str, name: str) -> str:
    """Make an empty database on a server of `postgres_server`, in place of one of an earlier run, and return its URL.

    The database is called incubator_test_NAME, so that nothing else on a server lent to the tests can be hit.
    """
    from sqlalchemy import create_engine, make_url, text  # noqa: PLC0415  the machine's check runs without packages

    database = f"incubator_test_{name}"
    if not re.fullmatch(r"[a-z0-9_]{1,63}", database):
        raise ValueError(f"not a name for a database: {name!r}")
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'"))
    engine.dispose()
    return make_url(server_url).set(database=database).render_as_string(hide_password=False)


def _program(named: str | None, names: tuple[str, ...]) -> Path:
    for name in (named,) if named else names:
        path = shutil.which(name)
        if path:
            return Path(path)
    raise FileNotFoundError(f"none of these programs: {named or ', '.join(names)}")


def _unprivileged(folder: Path) -> list[str]:
    """Return what to put before a command because PostgreSQL refuses to run as root, and hand the folder over."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _initialise(folder: Path, as_user: list[str]) -> None:
    program = str(postgres_programs() / "initdb")
    options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    _quietly([*as_user, program, "-D", str(folder / "data"), *options])


def _control(folder: Path, as_user: list[str], *arguments: str) -> None:
    program = str(postgres_programs() / "pg_ctl")
    _quietly([*as_user, program, "-D", str(folder / "data"), "-l", str(folder / "log"), *arguments])


def _quietly(command: list[str]) -> None:
    # From "/", for the folder we are in may be closed to the user postgres. The output goes to a file, not to a pipe:
    # the server inherits it, and the end of a pipe would come only when the server ends.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
        if done.returncode != 0:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed: {output.read().decode(errors='replace')}")
