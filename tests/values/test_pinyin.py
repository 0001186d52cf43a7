"""Pinyin: names sort as they are read, and are found by their initials."""

from incubator.values.pinyin import initials, sort_key


def test_a_name_is_found_by_its_initials() -> None:
    assert initials("示例甲新材料") == "sljxcl"


def test_places_of_shanxi_are_read_as_they_are_called() -> None:
    assert sort_key("长治") == "chang zhi"
    assert sort_key("洪洞") == "hong tong"


def test_names_sort_by_sound() -> None:
    names = ["太原", "长治", "阿里", "大同"]
    assert sorted(names, key=sort_key) == ["阿里", "长治", "大同", "太原"]


def test_full_width_and_latin_letters_are_kept() -> None:
    assert initials("ＡＢ科技") == "abkj"


def test_a_long_name_fits_its_column() -> None:
    assert len(sort_key("示例" * 200)) <= 200
