"""Bytes of a workbook → typed rows with problems, in a process of its own. Kept empty: that process loads little."""
