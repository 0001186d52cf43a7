"""What is stored, and by constraint what never may be; importing this package loads every table."""

from incubator.models import (
    closing,
    imports,
    ledger,
    log,
    person,
    published,
    search,
    setting,
    site,
    tenant,
    totals,
)

__all__ = [
    "closing",
    "imports",
    "ledger",
    "log",
    "person",
    "published",
    "search",
    "setting",
    "site",
    "tenant",
    "totals",
]
