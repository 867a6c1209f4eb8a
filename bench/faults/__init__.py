"""What happens to people's visits when something breaks: `python -m bench.faults`."""
