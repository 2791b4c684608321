"""The count of steps and the bugs caught, as in the simulation."""

from tests.simulation.conftest import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
