"""The clinic's treatments: seen by its team, written by its admin."""

from medimeet.blueprints.treatments import treatments
from medimeet.blueprints.treatments.blueprint import bp

__all__ = ["bp", "treatments"]
