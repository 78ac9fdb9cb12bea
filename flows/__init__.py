"""Prefect flows: order, batching and failure policy; one file per stage of the cycle."""
