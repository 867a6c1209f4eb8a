"""The assistant's WebSocket, `/ws/transcription/`: one conversation by voice or text."""

from medimeet.blueprints.transcription.blueprint import bp

__all__ = ["bp"]
