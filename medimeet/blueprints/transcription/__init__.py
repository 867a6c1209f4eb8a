"""The assistant's WebSocket, `/ws/transcription/`: one conversation by voice or text."""

from medimeet.blueprints.transcription import socket_route
from medimeet.blueprints.transcription.blueprint import bp

__all__ = ["bp", "socket_route"]
