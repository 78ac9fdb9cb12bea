"""Write the roll-up workbook of a cycle."""

from __future__ import annotations
