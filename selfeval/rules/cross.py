"""X: between the forms of one filing."""
