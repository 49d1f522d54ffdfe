"""What a role may do with a statement, and what of it the role sees: applied to the tree before the kernel runs it."""
