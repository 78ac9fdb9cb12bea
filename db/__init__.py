"""The only truth about a cycle: SQLAlchemy models, sessions and one module per aggregate."""
