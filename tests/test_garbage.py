"""What is garbage in a process that runs for months does not stay."""

import subprocess
import sys

import pytest

CONNECTIONS = """
import weakref
from nodegraph.garbage import collect_less

class Connection:
    def __init__(self):
        self.itself = self  # as a request holds its answer, which holds the request

def some(count):
    return [Connection() for _ in range(count)]

collect_less(ROUNDS)
lasting = some(1000)
some(100_000)  # which the lasting ones outlive, and are no longer new
ends = [weakref.ref(connection) for connection in lasting]
lasting.clear()
some(200_000)
print(sum(end() is not None for end in ends))
"""


@pytest.mark.parametrize(("rounds", "stay"), [("rounds=(2, 2)", 0), ("", 1000)], ids=["server", "worker"])
def test_what_lived_for_a_while_goes_with_few_rounds(rounds: str, stay: int) -> None:
    program = CONNECTIONS.replace("ROUNDS", rounds)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(run.stdout) == stay
