"""``nodegraph models`` as it is typed: what it prints, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner, Result
from models.file_server import Served, serving
from models.weights_by_hand import LORA, VAE, content, write

from nodegraph.cli.main import cli
from nodegraph.weights.known import KNOWN


def models(home: Path, *arguments: str | Path, before: tuple[str | Path, ...] = ()) -> Result:
    line = ["models", *map(str, before), *map(str, arguments)]
    return CliRunner(env={"NODEGRAPH_HOME": str(home)}).invoke(cli, line)


def test_lists_what_is_installed_and_what_could_be(tmp_path: Path) -> None:
    write(tmp_path / "models" / "checkpoints" / "one.safetensors")
    write(tmp_path / "models" / "checkpoints" / "wrong.safetensors", LORA)
    answer = models(tmp_path)
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert "checkpoints" in lines
    assert any("one.safetensors" in line and "Stable Diffusion 1.x, fp16, 6.3" in line for line in lines)
    assert any("wrong.safetensors" in line and line.endswith("it belongs in loras") for line in lines)
    assert all(any(known.name in line for line in lines) for known in KNOWN)


def test_lists_for_scripts(tmp_path: Path) -> None:
    write(tmp_path / "models" / "vae" / "one.safetensors", VAE)
    (one,) = json.loads(models(tmp_path, "--json", "--kind", "vae").stdout)
    assert (one["kind"], one["name"], one["what"]) == ("vae", "one.safetensors", "an autoencoder alone")
    assert models(tmp_path, "--json", "--kind", "lora").exit_code == 1


def test_listing_imports_neither_torch_nor_the_net(tmp_path: Path) -> None:
    write(tmp_path / "models" / "vae" / "one.safetensors", VAE)
    look = (
        "import sys; from click.testing import CliRunner; from nodegraph.cli.main import cli;"
        f"answer = CliRunner().invoke(cli, ['models', '--home', {str(tmp_path)!r}]);"
        "print(answer.exit_code, sorted({'torch', 'aiohttp', 'httpx2', 'huggingface_hub'} & sys.modules.keys()))"
    )
    answer = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "0 []"


def test_adds_a_file_and_says_how_graphs_call_it(tmp_path: Path) -> None:
    source = write(tmp_path / "mine.safetensors", VAE)
    answer = models(tmp_path, "add", source, "--kind", "checkpoints")
    assert answer.exit_code == 0, answer.output
    assert "It is an autoencoder alone: it was put where such files belong, not in checkpoints." in answer.stdout
    assert str(tmp_path / "models" / "vae" / "mine.safetensors") in answer.stdout
    assert "In a graph it is 'mine.safetensors', of vae." in answer.stdout
    again = models(tmp_path, "add", source)
    assert again.exit_code == 0
    assert "is there already" in again.stdout


def test_folders_may_be_named_on_either_side_of_add(tmp_path: Path) -> None:
    source = write(tmp_path / "mine.safetensors", VAE)
    for place, line in (
        ("a", ("--home", tmp_path / "a", "add", source)),
        ("b", ("add", source, "--home", tmp_path / "b")),
    ):
        assert models(tmp_path, *line).exit_code == 0
        assert (tmp_path / place / "models" / "vae" / "mine.safetensors").is_file()


def test_what_fails_ends_with_1_and_a_wrong_line_with_2(tmp_path: Path) -> None:
    failed = models(tmp_path, "add", "sd-1.4")
    assert failed.exit_code == 1
    assert failed.stderr.startswith("Error: 'sd-1.4' is neither a well-known name (sd-1.5")
    assert models(tmp_path, "add").exit_code == 2
    assert models(tmp_path, "add", "sd-1.5", "--sha256", "abc").exit_code == 2


def test_ctrl_c_keeps_what_has_arrived_and_the_same_command_goes_on(tmp_path: Path) -> None:
    body = content(size=200_000)
    with serving() as server:
        server.files["/x.safetensors"] = Served(body, stall_after=100_000)
        line = [sys.executable, "-m", "nodegraph", "models", "add", f"{server.url}/x.safetensors"]
        environment = {**os.environ, "NODEGRAPH_HOME": str(tmp_path)}
        with subprocess.Popen(
            line,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Tests may run in the background of a shell, which has what it starts there ignore Ctrl+C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as process:
            try:
                parts = tmp_path / "models" / "checkpoints" / ".downloads"
                while process.poll() is None and not any(part.stat().st_size for part in parts.glob("*.partial")):
                    time.sleep(0.05)
                process.send_signal(signal.SIGINT)
                _, said = process.communicate(timeout=60)
            finally:
                process.kill()
        assert process.returncode == 130, said
        assert "run the same command again to go on" in said
        server.files["/x.safetensors"] = Served(body)
        assert models(tmp_path, "add", f"{server.url}/x.safetensors").exit_code == 0
        assert server.asked("Range")[-1].startswith("bytes=")
    assert (tmp_path / "models" / "checkpoints" / "x.safetensors").read_bytes() == body
    assert not parts.exists()
