"""Forms: which fields a page sends, and in which words they are asked for."""
