"""What most would build instead: an admin with django-import-export. Run by the Python of `.venv-bench`.

`python peer_django.py FILE FOLDER`: the sheet of contracts is imported as the admin does it, once to preview (with its
differences as HTML) and once to confirm; both read the file. Prints the number of rows, and the CPU it took before.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.db import connection, models
from openpyxl import load_workbook

FILE, FOLDER = Path(sys.argv[1]), Path(sys.argv[2])
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "peer.sqlite3"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "import_export"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from import_export import fields, resources  # noqa: E402 - Django wants its settings first
from import_export.formats.base_formats import XLSX  # noqa: E402
from import_export.widgets import DateWidget, DecimalWidget, ForeignKeyWidget  # noqa: E402


class Tenant(models.Model):  # noqa: DJ008 - nobody prints one
    code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        app_label = "import_export"  # Django looks models up in an app that it knows


class Contract(models.Model):  # noqa: DJ008 - nobody prints one
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT)
    number = models.CharField(max_length=200, db_index=True)
    kind = models.CharField(max_length=20)
    signed_on = models.DateField(db_index=True)
    counterparty = models.CharField(max_length=200, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    technology = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)

    class Meta:
        app_label = "import_export"  # Django looks models up in an app that it knows


class Contracts(resources.ModelResource):
    tenant = fields.Field("tenant", "统一社会信用代码", ForeignKeyWidget(Tenant, "code"))
    number = fields.Field("number", "合同编号")
    kind = fields.Field("kind", "合同类型")
    signed_on = fields.Field("signed_on", "签订日期", DateWidget())
    counterparty = fields.Field("counterparty", "对方单位")
    amount = fields.Field("amount", "合同金额（元）", DecimalWidget())
    technology = fields.Field("technology", "技术交易额（元）", DecimalWidget())

    class Meta:
        model = Contract
        clean_model_instances = True
        import_id_fields = ("number",)
        fields = ("tenant", "number", "kind", "signed_on", "counterparty", "amount", "technology")


def main() -> None:
    with connection.schema_editor() as schema:
        schema.create_model(Tenant)
        schema.create_model(Contract)
    book = load_workbook(FILE, read_only=True)
    names = book["企业名录"].iter_rows(min_row=2, max_col=2, values_only=True)
    Tenant.objects.bulk_create(Tenant(name=name, code=code) for name, code in names)
    sheet = FOLDER / "contracts.xlsx"
    book = load_workbook(FILE)
    del book["企业名录"]
    book.save(sheet)
    begun = time.process_time()
    for preview in (True, False):
        result = Contracts().import_data(XLSX().create_dataset(sheet.read_bytes()), dry_run=preview)
        assert not result.has_errors(), (result.base_errors, result.row_errors()[:1])
        assert not result.has_validation_errors(), result.invalid_rows[:1]
    print(Contract.objects.count(), begun)


main()
