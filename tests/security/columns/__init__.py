"""Tests of encrypted columns."""
