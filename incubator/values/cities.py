"""The eleven cities of Shanxi by administrative code: what names begin with, and where sites lie."""

from __future__ import annotations

from incubator.values.words import Words

CITIES = {
    "140100": Words("太原", "Taiyuan"),
    "140200": Words("大同", "Datong"),
    "140300": Words("阳泉", "Yangquan"),
    "140400": Words("长治", "Changzhi"),
    "140500": Words("晋城", "Jincheng"),
    "140600": Words("朔州", "Shuozhou"),
    "140700": Words("晋中", "Jinzhong"),
    "140800": Words("运城", "Yuncheng"),
    "140900": Words("忻州", "Xinzhou"),
    "141000": Words("临汾", "Linfen"),
    "141100": Words("吕梁", "Lüliang"),
}
