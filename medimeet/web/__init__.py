"""What every door needs of HTTP: who is signed in, guards, fragments, errors, headers, limits."""
