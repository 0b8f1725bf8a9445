"""Tests across apps."""
