"""Tests of our own checks."""
