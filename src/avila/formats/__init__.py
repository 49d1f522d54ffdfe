"""Readers of files as table functions."""
