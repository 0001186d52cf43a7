"""The press line (新闻口径): one sentence from the same frozen summary as the page, for the microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incubator.values import display
from incubator.values.words import Words

if TYPE_CHECKING:
    from incubator.core.reports import PlaceSummary, Summary

SENTENCE = Words(
    "截至{day}，“{place}”累计入驻科技型企业{enterprises}家，销售和技术合同总额{contracts}，累计发放启动资金{funding}。",
    "By {day}, “{place}” had admitted {enterprises} technology enterprises, with sales and technology contracts of "
    "{contracts} and start-up funding of {funding} disbursed.",
)
PROVINCE = Words("全省晋创谷", "the Jinchuang Valleys of the province")
SOURCE = Words("（数据时点{moment}，指纹 {fingerprint}）", "(figures as known on {moment}, fingerprint {fingerprint})")


def press_line(summary: Summary, place: PlaceSummary) -> Words:
    """Return the sentence about one place and, on a second line, where it comes from."""
    figures = place.figures
    sentence = SENTENCE.fill(
        day=display.day_words(summary.clocks.as_of),
        place=PROVINCE if place.place.id is None else place.place.words,
        enterprises=figures["enterprises_admitted"].count,
        contracts=_money(figures["sales_and_technology_contract_value"].fen),
        funding=_money(figures["startup_funding_disbursed"].fen),
    )
    moment = display.moment_in_line(summary.clocks.known_at or summary.generated_at)
    source = SOURCE.fill(moment=moment, fingerprint=summary.fingerprint[:12])
    return Words(f"{sentence.zh}\n{source.zh}", f"{sentence.en}\n{source.en}")


def _money(fen: int | None) -> Words:
    return Words(display.prose(fen or 0, "zh"), display.prose(fen or 0, "en"))
