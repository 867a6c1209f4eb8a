"""What a clinic pays for: its plan, its credits with their ledger, its invoices (`/clinic/subscription/`)."""

from medimeet.blueprints.subscription import invoices, marking, overview
from medimeet.blueprints.subscription.blueprint import bp

__all__ = ["bp", "invoices", "marking", "overview"]
