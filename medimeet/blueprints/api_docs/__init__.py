"""The documentation of the JSON contracts: pages to read and to try, and the OpenAPI document of each."""

from medimeet.blueprints.api_docs import pages, tokens
from medimeet.blueprints.api_docs.blueprint import bp

__all__ = ["bp", "pages", "tokens"]
