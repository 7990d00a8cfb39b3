"""Maps for other programs, and theirs for this one: one module for each format, of which `export` and `bring` are all that others call."""
