"""Pages and forms: parse, call one core function, commit, answer."""
