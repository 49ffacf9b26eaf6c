"""Tests of nearmiss-torch."""
