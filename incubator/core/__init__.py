"""Everything the incubator does, without a web framework and without workbooks."""
