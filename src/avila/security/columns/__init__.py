"""Encrypted columns: values are encrypted before the kernel stores them and decrypted as they are read.

- :mod:`ciphertext`: what an encrypted value is made of
- :mod:`keys`: the keys of columns and of the persons that values are about, and how they are lost for ever
- :mod:`functions`: the kernel's functions that encrypt and decrypt whole vectors
- :mod:`rewriting`: the expressions with which the planner calls them
"""
