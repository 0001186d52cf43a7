"""Drawing: frozen answers of core turned into the plain values that the macros of the templates take."""
