"""The base of every error that a person caused and can mend."""

from __future__ import annotations


class Refusal(ValueError):
    """What was asked cannot be done; the text is a Chinese sentence for the person who asked."""
