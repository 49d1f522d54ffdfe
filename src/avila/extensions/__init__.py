"""The extension API and the first-party extensions."""
