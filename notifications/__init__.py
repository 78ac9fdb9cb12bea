"""E-mails: one function and one template pair each, and the SMTP connection. Knows selfeval only."""
