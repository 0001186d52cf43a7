"""Workbooks: the only home of the libraries that write and read them."""
