"""What MediMeet decides: plain functions that take values and models, return models, and raise words from `errors`."""
