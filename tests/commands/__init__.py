"""Tests of the statements that Avila carries out itself."""
