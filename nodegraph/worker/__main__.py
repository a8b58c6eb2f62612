"""``python -m nodegraph.worker FD``: a worker process on the inherited socket ``FD``. Started by the supervisor."""

import logging
import socket
import sys

from nodegraph.heap import keep_few_heaps
from nodegraph.worker.process import serve

if __name__ == "__main__":
    keep_few_heaps()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s worker: %(message)s")
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)  # programs that a node starts must not hold it open
    serve(connection)
