"""What a clinic pastes into its own site: the loader of the chat, and the page that stands in its frame."""

from medimeet.blueprints.widget import frame, loader
from medimeet.blueprints.widget.blueprint import bp

__all__ = ["bp", "frame", "loader"]
