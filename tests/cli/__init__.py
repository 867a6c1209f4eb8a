"""The commands, run as people run them: real processes, real folders, real ports."""
