"""Fails where a text of the pages, forms or messages has no finished translation in a catalogue, or has two."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "incubator" / "translations"


def texts_in_use() -> Catalog:
    """Return every translatable text found in the sources."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        # By default folders that begin with "_" are passed over, and so would be the macros.
        found = ["--ignore-dirs=.*", "-F", "babel.cfg", "-k", "lazy_gettext", "-k", "lazy_ngettext:1,2"]
        command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", *found]
        subprocess.run([*command, "-o", str(template), "incubator"], cwd=ROOT, check=True)
        with template.open("rb") as file:
            return read_po(file)


def faults(used: Catalog, catalogue: Catalog) -> Iterator[str]:
    """Yield what is wrong with a catalogue: texts missing, empty, unsure, or with other placeholders."""
    for message in used:
        if not message.id:
            continue
        shown = message.id if isinstance(message.id, str) else message.id[0]
        where = ", ".join(f"{file}:{line}" for file, line in message.locations[:2])
        found = catalogue.get(message.id, context=message.context)
        translations = found.string if found and isinstance(found.string, (list, tuple)) else [found and found.string]
        if found is None or not all(translations):
            yield f"not translated: {shown!r} ({where})"
        elif found.fuzzy:
            yield f"marked as unsure (fuzzy): {shown!r} ({where})"
        else:
            yield from (f"{error}: {shown!r} ({where})" for error in found.check(catalogue))


def twice(text: str) -> Iterator[str]:
    """Yield the texts that a catalogue translates more than once: one word would hide another's place."""
    found: set[str] = set()
    for shown in re.findall(r'^((?:msgctxt ".+"\n)?msgid ".+")$', text, re.MULTILINE):
        if shown in found:
            yield f"translated twice: {shown!r}"
        found.add(shown)


def main() -> int:
    """Name every fault of every catalogue; return 1 if there is one, else 0."""
    paths = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    used = texts_in_use() if paths else Catalog()
    status = 0
    for path in paths:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parent.parent.name)
        for fault in (*faults(used, catalogue), *twice(path.read_text(encoding="utf-8"))):
            print(f"{path.relative_to(ROOT)}: {fault}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
