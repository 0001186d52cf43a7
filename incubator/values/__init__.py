"""Plain values: money, days, credit codes, words in two languages and problems; no database, no web."""
