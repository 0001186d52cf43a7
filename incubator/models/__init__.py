"""What is stored, and by constraint what never may be; importing this package loads every table."""

from incubator.models import imports, ledger, person, published, search, setting, site, tenant, totals

__all__ = ["imports", "ledger", "person", "published", "search", "setting", "site", "tenant", "totals"]
__all__ = ["ledger", "person", "published", "search", "setting", "site", "tenant", "totals"]
from incubator.models import closing

__all__ = ["closing", "ledger", "person", "published", "setting", "site", "tenant", "totals"]
from incubator.models import ledger, log, person, published, setting, site, tenant, totals

__all__ = ["ledger", "log", "person", "published", "setting", "site", "tenant", "totals"]
