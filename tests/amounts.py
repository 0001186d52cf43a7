"""Amounts that are easily written wrongly: what the server prints and what a form reads back must both say so."""

CAPITALS = [
    (5, "伍分"),
    (10_00, "壹拾元整"),
    (1_005_000_30, "壹佰万零伍仟元叁角"),
    (100_305_02, "壹拾万零叁佰零伍元零贰分"),
    (10_000_001_00, "壹仟万零壹元整"),
    (227_000_000_00, "贰亿贰仟柒佰万元整"),
    (1_200_000_00, "壹佰贰拾万元整"),
    (0, "零元整"),
    (30, "叁角"),
    (100_005_000_00, "壹亿零伍仟元整"),
    (10**12 * 100, "壹万亿元整"),
    (-300_000_00, "负叁拾万元整"),
]
"""Fen, and the same in capital numerals (大写)."""
