"""``python -m nodegraph``: the same as the ``nodegraph`` command."""

from nodegraph.cli.main import main

main()
