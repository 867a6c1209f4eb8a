"""The chatbot (document 001)."""
