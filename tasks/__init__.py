"""Verbs: load, call, save. Everything that connects the pure domain with files, database and mail."""
