"""What an executor is made of: what it knows, which gates it passes, and how a plan meets the kernel."""
