"""The assistant: it answers from the clinic's own data, or through a language model, and only ever proposes."""
