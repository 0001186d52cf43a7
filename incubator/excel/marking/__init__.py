"""Marks the faults in the user's own workbook: the parts that are touched are spliced, all others stay to the byte."""
