"""Measures as formulas: the same terms that make the ledger's figures, written as sums over the columns of a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from incubator.core.books import CATEGORIES
from incubator.core.measures import MEASURES, Measure, Term
from incubator.excel.sheets import DETAIL_SHEETS, GROUPS, NAMES, NOT_GIVEN, YES_NO
from incubator.values.words import Language, Words

AS_OF = Words("截至日期", "AsOf")
"""The name of the cell that every formula looks at: an earlier day put there moves all figures."""
MONTH_TOTALS = Words("月度合计", "MonthTotals")
FIRST_FUNDED = Words("首次获资助", "First funded")
"""What the monthly totals call the tenants whose first payment fell into a month."""
PROVINCE_CODE = "(province)"
"""Stands where a site has its code; no site can be called so."""


@dataclass(frozen=True)
class Period:
    """Which days a formula sums: everything up to the day asked for, or the month whose first day a cell holds."""

    month_cell: str = ""


@dataclass(frozen=True)
class Formulas:
    """Writes figures over the detail sheets, or with `by_month` over the sheet of monthly totals."""

    language: Language
    by_month: bool = False

    def name(self, book: str, key: str) -> str:
        """Return the name of a column: 资金_金额, Funding_Amount."""
        return self.column(MONTH_TOTALS if self.by_month else DETAIL_SHEETS[book].words, key)

    def column(self, sheet: Words, key: str) -> str:
        """Return the name of a column of a sheet; "" for columns that no formula uses."""
        words = NAMES.get(key)
        return f"{sheet.said(self.language)}_{words.said(self.language)}" if words else ""

    def amount(self, measure: Measure, place: str | None, period: Period) -> str:
        """Return the money of a measure at a site (its code), or in the province (None)."""
        key = "technology" if measure.technology else "amount"
        terms = measure.terms_for(province=place is None)
        return f"ROUND({self._sum(key, terms, place, period, amount=True)},2)"

    def count(self, measure: Measure, place: str | None, period: Period) -> str:
        """Return the count of a measure; contracts whose technology amount is unknown are not counted in it."""
        terms = measure.terms_for(province=place is None)
        counted = self._sum("count", terms, place, period)
        return f"{counted}-({self.unknown(measure, place, period)})" if measure.technology else counted

    def unknown(self, measure: Measure, place: str | None, period: Period) -> str:
        """Return the count of contracts whose technology amount is not known."""
        terms = measure.terms_for(province=place is None)
        if self.by_month:
            return self._sum("unknown", terms, place, period)
        not_given = f',{self.name("contracts", "technology")},"{self._said(NOT_GIVEN)}"'
        return self._sum("count", terms, place, period, not_given)

    def funded(self, place: str | None) -> str:
        """Return the number of funded tenants: each has one first payment, at a site and in the province."""
        book = self._book(MEASURES["funded_tenants"].terms)
        until = self._days(book, Period())
        if self.by_month:
            category = f',{self.name(book, "category")},"{self._said(FIRST_FUNDED)}"'
            return f"SUMIFS({self.name(book, 'count')}{self._site(book, place or PROVINCE_CODE)}{category}{until})"
        flags = self.name(book, "first_at_site" if place else "first_in_province")
        return f"SUMIFS({flags}{self._site(book, place)}{until})"

    def _sum(
        self,
        key: str,
        terms: Iterable[Term],
        place: str | None,
        period: Period,
        more: str = "",
        *,
        amount: bool = False,
    ) -> str:
        found = ""
        for term in terms:
            sign = term.amount if amount else term.count
            found += ("-" if sign < 0 else "+") + self._term(key, term, place, period, more)
        return found.removeprefix("+")

    def _term(self, key: str, term: Term, place: str | None, period: Period, more: str) -> str:
        book = self._book([term])
        column, labels = self._categories(term)
        criteria = self._site(book, place)
        criteria += f",{self.name(book, column)},{labels[0] if len(labels) == 1 else '{' + ','.join(labels) + '}'}"
        if term.also_sale is not None:
            criteria += f',{self.name(book, "also_sale")},"{self._said(YES_NO[term.also_sale])}"'
        whole = f"SUMIFS({self.name(book, key)}{criteria}{self._days(book, period)}{more})"
        # Several categories give several sums; SUMPRODUCT adds them up without being entered as an array formula.
        return whole if len(labels) == 1 else f"SUMPRODUCT({whole})"

    def _categories(self, term: Term) -> tuple[str, list[str]]:
        """Return the column that tells a term's categories, and what stands in it: their group, or each by name."""
        group = GROUPS.get(term.categories)
        if group is not None:
            return "group", [f'"{self._said(group)}"']
        ordered = (category for code, category in CATEGORIES.items() if code in term.categories)
        return "category", [f'"{self._said(category.words)}"' for category in ordered]

    def _site(self, book: str, place: str | None) -> str:
        return f',{self.name(book, "site")},"{place}"' if place else ""

    def _days(self, book: str, period: Period) -> str:
        day = self.name(book, "day")
        until = f',{day},"<="&{self._said(AS_OF)}'
        if not period.month_cell:
            return until
        return f'{until},{day},">="&{period.month_cell},{day},"<"&EDATE({period.month_cell},1)'

    def _said(self, words: Words) -> str:
        return words.said(self.language).replace('"', '""')

    @staticmethod
    def _book(terms: Iterable[Term]) -> str:
        return next(CATEGORIES[code].book for term in terms for code in term.categories)
