"""What the database knows about itself."""
