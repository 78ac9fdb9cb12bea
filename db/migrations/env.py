"""Alembic runs inside the connection that db.session.migrate hands over."""

from alembic import context

from db.models import Base

connection = context.config.attributes["connection"]
# SQLite cannot alter most of a table in place; batch mode copies it.
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
context.run_migrations()
