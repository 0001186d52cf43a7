"""What must be true of the rows: each rule a function that yields the differences it finds."""
