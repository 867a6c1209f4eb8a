"""The published JSON interfaces, called as their documents print it."""
