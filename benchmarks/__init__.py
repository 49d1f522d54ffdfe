"""Avila against its peers: each benchmark runs both in turn, in one run, on the same data."""
