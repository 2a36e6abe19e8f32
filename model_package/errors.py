"""The one exception that means: the user can mend this, and here is how."""


class UserError(Exception):
    """A mistake in what the user asked for; printed as one line, exit code 2."""
