"""Who may do what: principals, passwords, rights and policies."""
