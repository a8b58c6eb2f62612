"""How a running job is told to stop: by this exception, at the next network call or node boundary."""


class Cancelled(Exception):
    """Raised where a cancelled job must stop. The engine turns it into an outcome; nodes let it pass."""
