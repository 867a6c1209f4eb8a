"""The JSON of this contract, both ways, one file a subject."""
