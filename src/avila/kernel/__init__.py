"""What runs plans: one folder a kernel."""
