"""What the doubts say: the value, what it was compared with, the likely cause."""

from __future__ import annotations

from incubator.values.words import Words

WHY_WAN = Words("单位是否应为“万元”？", "Was it meant in units of 10,000 yuan?")
WHY_YUAN = Words("是否把“元”填成了“万元”？", "Was it meant in yuan, not in units of 10,000?")
WHY_ELSE = Words("金额或资金项目是否有误？", "Is the amount or the programme right?")
AS_WAN = Words("按万元 → {amount}", "In units of 10,000 → {amount}")
AS_YUAN = Words("按元 → {amount}", "In yuan → {amount}")
CHANGE_TO = Words("改为 {value}", "Change to {value}")

BETWEEN = Words(
    "{category}政策为 {floor}—{cap}，本次 {amount}。{why}",
    "The policy for {category} is {floor} to {cap}; this is {amount}. {why}",
)
AT_LEAST = Words(
    "{category}政策不低于 {floor}，本次 {amount}。{why}",
    "The policy for {category} is at least {floor}; this is {amount}. {why}",
)
AT_MOST = Words(
    "{category}政策不超过 {cap}，本次 {amount}。{why}",
    "The policy for {category} is at most {cap}; this is {amount}. {why}",
)
FAR_ABOVE = Words(
    "{amount}（{short}）约为{whose}中位数（{median}）的 {times} 倍。{why}",
    "{amount} ({short}) is about {times} times the median of {whose} ({median}). {why}",
)
FAR_BELOW = Words(
    "{amount} 约为{whose}中位数（{median}）的 {times} 分之一。{why}",
    "{amount} is about 1/{times} of the median of {whose} ({median}). {why}",
)
OWN = Words("本园区“{category}”", "“{category}” at this site")
HERE = Words("本次导入“{category}”", "“{category}” in this import")
PROVINCE = Words("全省“{category}”", "“{category}” in the province")
BEFORE = Words(
    "{title} {day} 早于入驻日期 {admitted}。年份或企业是否有误？",
    "“{title}” {day} is before the admission on {admitted}. Is it the right year, the right tenant?",
)
NEVER = Words(
    "该企业尚无入驻记录。企业是否有误，或应先办理入驻？",
    "This tenant has not been admitted. Is it the right tenant, or is its admission still to be entered?",
)
AFTER = Words(
    "该企业已于 {left} {status}，{title} {day} 在此之后。日期或企业是否有误？",
    "This tenant left on {left} ({status}); “{title}” {day} is after that. Is it the right date?",
)
FUTURE = Words(
    "{title} {day} 晚于今天（{today}）。年份是否有误？",
    "“{title}” {day} is after today ({today}). Is it the right year?",
)
SECOND = Words(
    "该企业已于 {day} 拨付{category} {amount}（每户一次）。是否重复，或应选其他资金项目？",
    "This tenant was paid {category} of {amount} on {day} (once per tenant). Another programme?",
)
SAME_NUMBER = Words(
    "{title} {number} 与 {day} 的一笔相同（{name}，{amount}）。是否重复录入？",
    "“{title}” {number} is that of {day} ({name}, {amount}). Entered twice?",
)
SAME_NUMBER_HERE = Words(
    "{title} {number} 与本次另一行相同（{day}，{name}，{amount}）。是否重复？",
    "“{title}” {number} is that of another row ({day}, {name}, {amount}). A duplicate?",
)
ALIKE = Words(
    "同一企业、同一日期、同一金额已有一笔（{category}，{amount}）。是否重复录入？",
    "There is an entry of this tenant, day and amount ({category}, {amount}). Entered twice?",
)
ALIKE_HERE = Words(
    "同一企业、同一日期、同一金额在本次已有一行（{category}，{amount}）。是否重复？",
    "Another row has this tenant, day and amount ({category}, {amount}). A duplicate?",
)
NEAR_CODE = Words(
    "信用代码与“{name}”的 {known} 只差一处。是否输错一位，或该企业已在台账？",
    "The code is one slip off {known}, that of “{name}”. Mistyped, or is this tenant here already?",
)
