"""An hour of use of one server, made up at random: who uses it, what they ask for, and what it costs the server."""
