"""Imports are those that the ledger's postings name, and their files are those that came."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from incubator.core.proofs.difference import Difference, stream
from incubator.models.imports import Import, ImportPosting
from incubator.models.ledger import Posting
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

NOT_ITS_FILE = Words("文件内容与其指纹不符", "the file does not match its fingerprint")
NOT_ITS_IMPORT = Words(
    "批次属于导入 {import_id}，保存的是 {kept}", "it belongs to import {import_id}, the row says {kept}"
)


def files(session: Session) -> Iterator[Difference]:
    """Compare each kept file with its fingerprint, one file at a time."""
    query = sa.select(Import.id, Import.sha256, Import.content).where(sa.func.length(Import.content) > 0)
    for number, sha256, content in session.execute(query.execution_options(yield_per=1)):
        if hashlib.sha256(content).hexdigest() != sha256:
            yield Difference("import", f"import {number}", NOT_ITS_FILE)


def import_postings(session: Session) -> Iterator[Difference]:
    """Compare whose posting each is with its key, which begins with the number of its import."""
    mine = ImportPosting.posting_id == Posting.id
    named = sa.or_(Posting.key.like("import-%"), ImportPosting.import_id.is_not(None))
    query = sa.select(Posting.id, Posting.key, ImportPosting.import_id).outerjoin(ImportPosting, mine).where(named)
    for number, key, kept in stream(session, query):
        import_id = key.split("-")[1] if key.startswith("import-") else "-"
        if str(kept) != import_id:
            words = NOT_ITS_IMPORT.fill(import_id=import_id, kept=kept)
            yield Difference("import_posting", f"posting {number}", words)
