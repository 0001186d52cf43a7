"""Industries: the sections of GB/T 4754-2017, the national classification of economic activities."""

from __future__ import annotations

from incubator.values.words import Words

INDUSTRIES = {
    "A": Words("农、林、牧、渔业", "Agriculture, forestry, animal husbandry and fishery"),
    "B": Words("采矿业", "Mining"),
    "C": Words("制造业", "Manufacturing"),
    "D": Words("电力、热力、燃气及水生产和供应业", "Electricity, heat, gas and water supply"),
    "E": Words("建筑业", "Construction"),
    "F": Words("批发和零售业", "Wholesale and retail trade"),
    "G": Words("交通运输、仓储和邮政业", "Transport, storage and post"),
    "H": Words("住宿和餐饮业", "Accommodation and catering"),
    "I": Words("信息传输、软件和信息技术服务业", "Information transmission, software and IT services"),
    "J": Words("金融业", "Finance"),
    "K": Words("房地产业", "Real estate"),
    "L": Words("租赁和商务服务业", "Leasing and business services"),
    "M": Words("科学研究和技术服务业", "Scientific research and technical services"),
    "N": Words("水利、环境和公共设施管理业", "Water conservancy, environment and public facilities"),
    "O": Words("居民服务、修理和其他服务业", "Resident services, repair and other services"),
    "P": Words("教育", "Education"),
    "Q": Words("卫生和社会工作", "Health and social work"),
    "R": Words("文化、体育和娱乐业", "Culture, sports and entertainment"),
    "S": Words("公共管理、社会保障和社会组织", "Public administration, social security and organisations"),
    "T": Words("国际组织", "International organisations"),
}
