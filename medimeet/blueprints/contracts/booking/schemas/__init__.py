"""The JSON of this contract, both ways, a file for each subject."""
