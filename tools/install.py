"""Sets the tracker up in its own folder and starts it: what stands behind `make setup` and `make run`.

It needs no package, for it runs before anything is installed. (Whether Python is new enough is asked by the Makefile:
an older one could not read this file.) Each step leaves a stamp with the hash of what it was made from, so that doing
it again costs milliseconds.
"""

import ast
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ASSETS = ROOT / "incubator" / "assets"
DIST = ROOT / "incubator" / "static" / "dist"
TRANSLATIONS = ROOT / "incubator" / "translations"
OLDEST_NODE = 20
# The demonstration data end here, so this is the day on which the first look shows the published figures.
FIRST_LOOK = "?as_of=2024-10-15"
NETWORK_TROUBLE = re.compile(
    r"name resolution|Failed to establish|Network is unreachable|Max retries|timed out|ProxyError|ENOTFOUND|"
    r"EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|Connection refused|No matching distribution",
    re.IGNORECASE,
)


def say(message: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(message, flush=True)


def stop(message: str) -> NoReturn:
    """End with exit status 1 and one sentence that names what is wrong and how to mend it."""
    print(message, file=sys.stderr, flush=True)
    raise SystemExit(1)


# Stamps


def fingerprint(paths: Iterable[Path], *salt: str) -> str:
    """Return a hash of the names and contents of some files."""
    digest = hashlib.sha256("\0".join(salt).encode())
    for path in sorted(paths):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(stamp: Path, mark: str) -> bool:
    """Tell whether a step was completed with exactly these inputs."""
    return stamp.is_file() and stamp.read_text() == mark


# What the machine must bring


def check_python() -> None:
    """Refuse a Python that cannot make virtual environments; Debian packs that part apart."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        stop(
            "Python's venv module is missing: install it (Debian and Ubuntu: `apt install python3-venv`) and try again."
        )


def check_port(host: str, port: int) -> None:
    """Refuse to start where something else is listening already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            stop(f"{host} port {port} cannot be used ({reason}): choose another, as in `INCUBATOR_PORT=8001 make run`.")


def address() -> tuple[str, int]:
    """Return the host and port to listen on, from the environment."""
    host = os.environ.get("INCUBATOR_HOST") or "127.0.0.1"
    port = os.environ.get("INCUBATOR_PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        stop(f"INCUBATOR_PORT must be a number from 1 to 65535 and is {port!r}.")
    return host, int(port)


# Python packages


def run_tool(command: list[str], what: str, mirror: str, env: dict[str, str] | None = None) -> None:
    """Run an installer quietly; if it fails, show what it said and end with the mend."""
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    print(done.stdout + done.stderr, file=sys.stderr)
    if NETWORK_TROUBLE.search(done.stdout + done.stderr):
        stop(f"{what} could not be fetched: check the network, or name a mirror that can be reached in {mirror}.")
    stop(f"{what} could not be set up; the reason stands above.")


def make_venv() -> None:
    """Create .venv, anew where its Python no longer runs or is another version."""
    version = "{}.{}".format(*sys.version_info)
    probe = [str(PYTHON), "-c", "import pip, sys; print('{}.{}'.format(*sys.version_info))"]
    with contextlib.suppress(OSError):
        done = subprocess.run(probe, capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip() == version:
            return
    say("Making the virtual environment .venv ...")
    run_tool([sys.executable, "-m", "venv", "--clear", str(VENV)], "The virtual environment", "PIP_INDEX_URL")


def install_packages(requirements: str) -> None:
    """Install one hashed requirements file into .venv, unless that was done already."""
    source = ROOT / requirements
    stamp = VENV / f".installed-{source.stem}"
    mark = fingerprint([source])
    if is_current(stamp, mark):
        return
    say(f"Installing the packages of {requirements} (the first time this takes about a minute) ...")
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    run_tool([str(PYTHON), "-m", "pip", "install", *options, "-r", str(source)], "Python packages", "PIP_INDEX_URL")
    stamp.write_text(mark)


# Front end


def machine_has_node() -> bool:
    """Tell whether the machine brings a Node that is new enough, with npm."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)", asked.stdout)
    return version is not None and int(version.group(1)) >= OLDEST_NODE


def node_environment() -> dict[str, str]:
    """Return an environment in which node and npm can be called, installing Node into .venv where there is none."""
    if machine_has_node():
        return dict(os.environ)
    install_packages("requirements-build.txt")
    return {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def build_front_end() -> None:
    """Fetch the front end's packages and bundle them, as far as something changed."""
    packages = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    sources = [path for path in ASSETS.rglob("*") if path.is_file()]
    built, fetched = DIST / ".built", ROOT / "node_modules" / ".fetched"
    mark = fingerprint([*packages, *sources])
    if is_current(built, mark):
        return
    env = node_environment()
    if not is_current(fetched, fingerprint(packages)):
        say("Fetching the front end's packages ...")
        run_tool(["npm", "ci", "--ignore-scripts"], "The front end's packages", "npm_config_registry", env)
        fetched.write_text(fingerprint(packages))
    say("Building the front end ...")
    run_tool(["node", str(ASSETS / "build.mjs")], "The front end", "npm_config_registry", env)
    built.write_text(mark)


# Translations


def compile_translations() -> None:
    """Compile the message catalogues, as far as one changed."""
    catalogues = sorted(TRANSLATIONS.rglob("*.po"))
    stamp = TRANSLATIONS / ".compiled"
    mark = fingerprint(catalogues)
    if not catalogues or (is_current(stamp, mark) and all(path.with_suffix(".mo").exists() for path in catalogues)):
        return
    say("Compiling the translations ...")
    domains = " ".join(sorted({path.stem for path in catalogues}))
    command = [str(PYTHON), "-m", "babel.messages.frontend", "compile", "-d", str(TRANSLATIONS), "-D", domains]
    run_tool(command, "The translations", "PIP_INDEX_URL")
    stamp.write_text(mark)


# Database


def newest_revision() -> str | None:
    """Return the migration that no other one follows, read from the files: asking Alembic would cost seconds."""
    revisions, followed = set(), set()
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        for line in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(line, (ast.Assign, ast.AnnAssign)) and line.value is not None:
                target = line.targets[0] if isinstance(line, ast.Assign) else line.target
                name = target.id if isinstance(target, ast.Name) else ""
                if name == "revision":
                    revisions.add(ast.literal_eval(line.value))
                elif name == "down_revision":
                    followed.add(ast.literal_eval(line.value))
    heads = revisions - followed
    return heads.pop() if len(heads) == 1 else None


def current_revision(database: Path) -> str | None:
    """Return the migration a SQLite database stands at, None if that cannot be read."""
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return None
    return row[0] if row else None


def flask(instance: Path, *arguments: str) -> None:
    """Run a command of the application, with its own messages shown."""
    command = [str(PYTHON), "-m", "flask", "--app", "wsgi", *arguments]
    env = {**os.environ, "INCUBATOR_INSTANCE": str(instance)}
    if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode != 0:
        stop(f"`flask --app wsgi {' '.join(arguments)}` failed; the reason stands above.")


def remove_database(database: Path) -> None:
    """Delete a SQLite database with the files SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


@contextlib.contextmanager
def all_or_nothing(database: Path) -> Iterator[None]:
    """Remove the database being made inside, with its list of accounts, if its making fails or is interrupted.

    The marker tells the next start about a making that ended without a chance to clean up (power cut, kill).
    """
    marker = database.with_suffix(".unfinished")
    marker.touch()
    try:
        yield
    except BaseException:
        remove_database(database)
        (database.parent / "demo-accounts.txt").unlink(missing_ok=True)
        marker.unlink()
        print(f"The database {database} was not completed, so it was removed again.", file=sys.stderr)
        raise
    marker.unlink()


def set_aside_unfinished(database: Path) -> None:
    """Move a database away whose making was cut off; it is not deleted, for somebody may have used it since."""
    marker = database.with_suffix(".unfinished")
    if not marker.exists():
        return
    if database.exists():
        aside = next(path for number in range(1, 1000) if not (path := database.with_suffix(f".{number}.old")).exists())
        for suffix in ("", "-wal", "-shm"):
            part = Path(f"{database}{suffix}")
            if part.exists():
                part.rename(f"{aside}{suffix}")
        say(
            f"The making of {database} was cut off last time: what there is now lies in {aside}, and a new one is made."
        )
    marker.unlink()


def make_folder(instance: Path) -> None:
    """Make the folder of database, uploads and secret key."""
    try:
        instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(
            f"The folder {instance} cannot be made ({error.strerror or error}): name another, "
            "as in `INCUBATOR_INSTANCE=~/incubator make run`."
        )


def prepare_database(instance: Path) -> None:
    """Bring the database to the newest migration; one that is created here gets the demonstration data."""
    if os.environ.get("DATABASE_URL"):
        flask(instance, "db", "upgrade")
        flask(instance, "reindex")
        return
    make_folder(instance)
    database = instance / "incubator.db"
    set_aside_unfinished(database)
    if not database.exists():
        say(f"Creating the database {database} with demonstration data ...")
        with all_or_nothing(database):
            flask(instance, "db", "upgrade")
            flask(instance, "demo")
        return
    newest = newest_revision()
    if newest is None or current_revision(database) != newest:
        say("Bringing the database to the newest version ...")
        flask(instance, "db", "upgrade")
        flask(instance, "reindex")


# Commands


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let two set-ups of the same folder run one after the other."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def setup() -> None:
    """Install everything that the running program needs."""
    check_python()
    make_venv()
    install_packages("requirements.txt")
    build_front_end()
    compile_translations()


FIRST_ACCOUNT = """If it has no sites and accounts yet, make the first ones:

  .venv/bin/flask --app wsgi site add taiyuan --zh 晋创谷·太原 --en "Jinchuang Valley - Taiyuan"
  .venv/bin/flask --app wsgi user add NAME --role province-admin
"""


def say_where(url: str, instance: Path) -> None:
    """Tell the address and who may sign in: the demonstration's accounts, or how to make some elsewhere."""
    accounts = instance / "demo-accounts.txt"
    demonstration = not os.environ.get("DATABASE_URL") and accounts.exists()
    say(f"\nOpen {url}{FIRST_LOOK if demonstration else ''} in a browser; Ctrl-C here ends the server.\n")
    if demonstration:
        say(accounts.read_text(encoding="utf-8"))
    elif os.environ.get("DATABASE_URL"):
        say("The database is the one that DATABASE_URL names. " + FIRST_ACCOUNT)


def serve(instance: Path, host: str, port: int) -> NoReturn:
    """Become the production server: signals such as Ctrl-C then reach it directly."""
    shown = f"[{host}]" if ":" in host else host
    say_where(f"http://{shown}:{port}/", instance)
    os.environ["INCUBATOR_INSTANCE"] = str(instance)
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "waitress", f"--listen={shown}:{port}", "--threads=8", "wsgi:app"])  # noqa: S606


def run() -> NoReturn:
    """Set up, prepare the database and start the server."""
    host, port = address()
    check_port(host, port)
    instance = Path(os.environ.get("INCUBATOR_INSTANCE") or ROOT / "instance").resolve()
    with alone():
        setup()
        prepare_database(instance)
    check_port(host, port)
    serve(instance, host, port)


def main(command: str) -> None:
    """Carry out one of: setup, dev (with what tests need), run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if command == "run":
        run()
    with alone():
        setup()
        if command == "dev":
            install_packages("requirements-dev.txt")


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "setup")
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(130)
