"""The one exception that is meant for the person at the keyboard."""


class NearmissError(Exception):
    """Says what was wrong, where, and how to mend it; the command line prints it without a traceback."""
