"""How fast MediMeet is beside bare routes that do the same work: `make bench`, or `python -m bench.speed --quick`."""
