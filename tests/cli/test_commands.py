"""The commands as they are typed: what they print, and how they end. The nodes and checkpoints are real, but small."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from support import tiny_checkpoint

from nodegraph.cli.main import cli
from nodegraph.media.metadata import as_text, png_info, read_embedded
from nodegraph.settings import Settings

WORKFLOW = Path(__file__).parents[2] / "workflows" / "text-to-image.json"
SMALL = ["--set", "EmptyLatentImage.width=64", "--set", "EmptyLatentImage.height=64", "--set", "KSampler.steps=2"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one small checkpoint, named as the example workflows name theirs."""
    folder = tmp_path_factory.mktemp("home")
    checkpoints = folder / "models" / "checkpoints"
    checkpoints.mkdir(parents=True)
    tiny_checkpoint.write(checkpoints / "starter.safetensors")
    return folder


def nodegraph(home: Path, *arguments: str | Path) -> Result:
    """Run a command in this process. Standard output and standard error come apart in the result."""
    return CliRunner(env={"NODEGRAPH_HOME": str(home)}).invoke(cli, [str(argument) for argument in arguments])


def command(home: Path, *arguments: str | Path) -> tuple[Sequence[str], dict[str, str]]:
    """The same for a process of its own: command line and environment."""
    line = [sys.executable, "-m", "nodegraph", *(str(argument) for argument in arguments)]
    return line, {**os.environ, "NODEGRAPH_HOME": str(home), "OMP_NUM_THREADS": "1"}


def test_help_imports_neither_torch_nor_the_server() -> None:
    look = (
        "import sys; from click.testing import CliRunner; from nodegraph.cli.main import cli;"
        "answer = CliRunner().invoke(cli, ['--help']);"
        "print(answer.exit_code, sorted({'torch', 'aiohttp'} & sys.modules.keys()))"
    )
    answer = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "0 []"


def test_runs_a_workflow_in_a_process_of_its_own(home: Path, tmp_path: Path) -> None:
    line, environment = command(home, "run", WORKFLOW, *SMALL, "--output-dir", tmp_path)
    answer = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    (path,) = [Path(printed) for printed in answer.stdout.splitlines()]
    assert path.parent == tmp_path
    with Image.open(path) as image:
        assert image.size == (64, 64)


def test_runs_again_what_made_a_picture(home: Path) -> None:
    first = nodegraph(home, "run", WORKFLOW, *SMALL)
    assert first.exit_code == 0, first.output
    again = nodegraph(home, "run", first.stdout.strip())
    assert again.exit_code == 0, again.output
    other = nodegraph(home, "run", first.stdout.strip(), "--set", "KSampler.seed=43")

    pixels = [Image.open(result.stdout.strip()).tobytes() for result in (first, again, other)]
    assert pixels[0] == pixels[1] != pixels[2]


SLOW_PACK = '''
import time
from pathlib import Path
import torch
from nodegraph.packs.declare import node
from nodegraph.packs.types import Image

@node("Slow", category="test")
def slow(*, marker: str) -> Image:
    """A picture that takes its time, and leaves a mark each time."""
    with Path(marker).open("a") as file:
        file.write("ran ")
    time.sleep(0.25)
    return torch.zeros(1, 8, 8, 3)
'''


def test_what_took_long_is_kept_on_disk_for_the_next_process(tmp_path: Path) -> None:
    (tmp_path / "custom_nodes").mkdir()
    (tmp_path / "custom_nodes" / "slow_pack.py").write_text(SLOW_PACK)
    workflow, marker = tmp_path / "workflow.json", tmp_path / "marker"
    slow = {"class_type": "Slow", "inputs": {"marker": str(marker)}}
    save = {"class_type": "SaveImage", "inputs": {"images": ["slow", 0], "filename_prefix": "slow"}}
    workflow.write_text(json.dumps({"slow": slow, "save": save}))
    for options, marks, pictures in (([], 1, 1), ([], 1, 2), (["--cache-disk", "0"], 2, 3)):
        line, environment = command(tmp_path, "run", workflow, "--device", "cpu", *options)
        answer = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        assert marker.read_text() == "ran " * marks
        assert len(list((tmp_path / "output").iterdir())) == pictures


def test_a_changed_workflow_does_not_carry_the_canvas_it_came_from(home: Path) -> None:
    plain = nodegraph(home, "run", WORKFLOW, "--set", "EmptyLatentImage.width=64", "--set", "KSampler.steps=1")
    embedded = read_embedded(Path(plain.stdout.strip()))
    assert embedded.keys() == {"prompt"}
    assert embedded["prompt"]["4"]["inputs"]["width"] == 64


def test_prints_every_problem_and_runs_nothing(home: Path, tmp_path: Path) -> None:
    wrong = ["--set", "EmptyLatentImage.width=1", "--set", "CheckpointLoaderSimple.ckpt_name=no.safetensors"]
    answer = nodegraph(home, "run", WORKFLOW, *wrong, "--output-dir", tmp_path)
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert "node 4 (EmptyLatentImage): Value 1 smaller than min of 16: width" in answer.stderr
    assert "node 1 (CheckpointLoaderSimple)" in answer.stderr
    assert "starter.safetensors" in answer.stderr
    assert "nodegraph models add URL_OR_PATH --kind checkpoints" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_failing_node_is_named(home: Path) -> None:
    truncated = home / "models" / "checkpoints" / "cut.safetensors"
    whole = home / "models" / "checkpoints" / "starter.safetensors"
    truncated.write_bytes(whole.read_bytes()[:100_000])
    answer = nodegraph(home, "run", WORKFLOW, "--set", "CheckpointLoaderSimple.ckpt_name=cut.safetensors")
    truncated.unlink()
    assert answer.exit_code == 1
    assert "Failed in node 1 (CheckpointLoaderSimple)" in answer.stderr
    assert "cut.safetensors" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_ctrl_c_stops_a_run_and_keeps_what_is_done(home: Path, tmp_path: Path) -> None:
    prompt = json.loads(nodegraph(home, "convert", WORKFLOW).stdout)
    prompt["5"]["inputs"]["steps"] = 10_000
    quick = {
        "a": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}},
        "b": {"class_type": "SaveImage", "inputs": {"images": ["a", 0], "filename_prefix": "quick"}},
    }
    workflow = tmp_path / "prompt.json"
    workflow.write_text(json.dumps({**quick, **prompt}))
    output = tmp_path / "output"
    line, environment = command(home, "run", workflow, "--output-dir", output)
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
            while process.poll() is None and not list(output.glob("quick_*.png")):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            printed, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130, said
    assert [Path(path).name for path in printed.splitlines()] == ["quick_00001_.png"]
    assert len(list(output.iterdir())) == 1


def test_lists_and_describes_nodes(home: Path) -> None:
    listed = nodegraph(home, "nodes")
    assert listed.exit_code == 0
    assert {"KSampler", "SaveImage"} <= {line.split()[0] for line in listed.stdout.splitlines()}

    described = nodegraph(home, "nodes", "KSampler")
    assert "steps                   INT = 20, 1 to 10000" in described.stdout
    assert "one of euler, euler_cfg_pp, euler_ancestral" in described.stdout

    unknown = nodegraph(home, "nodes", "KSamplr")
    assert unknown.exit_code == 1
    assert "Did you mean KSampler" in unknown.stderr


def test_a_pack_beside_the_models_is_loaded_and_a_broken_one_reported(tmp_path: Path) -> None:
    packs = tmp_path / "custom_nodes"
    packs.mkdir()
    (packs / "good.py").write_text(
        "from nodegraph.packs.declare import node\n"
        "@node('Halve', category='numbers')\n"
        "def halve(*, number: float) -> float:\n"
        "    return number / 2\n"
    )
    (packs / "bad.py").write_text("import no_such_module\n")
    answer = nodegraph(tmp_path, "nodes", "Halve")
    assert answer.exit_code == 0
    assert "pack good" in answer.stdout
    assert "bad.py" in answer.stderr
    assert "no_such_module" in answer.stderr


def test_converts_a_canvas(home: Path) -> None:
    answer = nodegraph(home, "convert", WORKFLOW)
    prompt = json.loads(answer.stdout)
    assert prompt["5"]["class_type"] == "KSampler"
    assert prompt["5"]["inputs"]["model"] == ["1", 0]
    assert prompt["5"]["inputs"]["steps"] == 20


def test_converts_a_prompt_to_a_canvas_and_back(home: Path, tmp_path: Path) -> None:
    prompt = json.loads(nodegraph(home, "convert", WORKFLOW).stdout)
    written = tmp_path / "prompt.json"
    written.write_text(json.dumps(prompt))
    canvas = tmp_path / "canvas.json"
    answer = nodegraph(home, "convert", written, "--to", "canvas", "-o", canvas)
    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, "", "")
    assert json.loads(nodegraph(home, "convert", canvas, "--to", "api").stdout) == prompt


def test_converts_what_a_picture_carries(home: Path, tmp_path: Path) -> None:
    canvas = json.loads(WORKFLOW.read_text())
    prompt = {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}
    picture = tmp_path / "picture.png"
    Image.new("RGB", (8, 8)).save(picture, pnginfo=png_info(as_text(prompt, {"workflow": canvas})))
    assert json.loads(nodegraph(home, "convert", picture).stdout) == prompt  # what was run wins
    assert json.loads(nodegraph(home, "convert", picture, "--to", "canvas").stdout) == canvas


def test_converting_keeps_choices_and_says_so_or_settles_them(home: Path, tmp_path: Path) -> None:
    canvas = tmp_path / "canvas.json"
    text = {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["{red|blue}"]}
    canvas.write_text(json.dumps({"version": 0.4, "nodes": [text], "links": []}))
    kept = nodegraph(home, "convert", canvas)
    assert json.loads(kept.stdout)["6"]["inputs"]["text"] == "{red|blue}"
    assert "Warning: The choices and comments in 'text' of node 6" in kept.stderr
    settled = nodegraph(home, "convert", canvas, "--settle")
    assert json.loads(settled.stdout)["6"]["inputs"]["text"] in ("red", "blue")
    assert settled.stderr == ""


def test_converts_what_neither_the_console_nor_a_file_can_hold(home: Path, tmp_path: Path) -> None:
    prompt = {"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "\ud800 \N{SNOWMAN}"}}}
    written, copied = tmp_path / "prompt.json", tmp_path / "copied.json"
    written.write_text(json.dumps(prompt))
    assert json.loads(nodegraph(home, "convert", written).stdout) == prompt
    assert nodegraph(home, "convert", written, "-o", copied).exit_code == 0
    assert json.loads(copied.read_text(encoding="utf-8")) == prompt
    prompt["1"]["inputs"] = {"text": "\N{SNOWMAN}"}
    written.write_text(json.dumps(prompt))
    line, environment = command(home, "convert", written)
    environment["PYTHONIOENCODING"] = "latin-1"
    answer = subprocess.run(line, env=environment, capture_output=True, check=True)
    assert json.loads(answer.stdout.decode("latin-1")) == prompt


def test_the_defaults_that_help_names_are_those_of_the_settings() -> None:
    settings = Settings.under(Path("home"))
    for parameter in cli.commands["serve"].params:
        assert isinstance(parameter, click.Option)
        named = re.search(r"\[default: (.*)\]", parameter.help or "")
        default = getattr(settings, str(parameter.name), None)
        if named is None:
            assert not default, parameter.name
        else:
            folder = named[1].removesuffix(" in home")
            expected = "for ever" if default is None else f"{default:g}" if isinstance(default, float) else str(default)
            assert expected in (named[1], str(Path("home", folder))), parameter.name


def test_a_place_that_cannot_be_written_is_an_error(home: Path, tmp_path: Path) -> None:
    answer = nodegraph(home, "convert", WORKFLOW, "-o", tmp_path / "none" / "x.json")
    assert answer.exit_code == 1
    assert "cannot be written" in answer.stderr


def test_doctor_is_content_with_a_sound_home(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    answer = nodegraph(home, "doctor", "--port", port, "--device", "cpu")
    assert "1 found: starter.safetensors" in answer.stdout
    assert [line for line in answer.stdout.splitlines() if line.startswith("fix")] == []
    assert answer.exit_code == 0


def test_doctor_has_a_fix_for_each_problem(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file, not a folder")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        paths = tmp_path / "paths.yaml"
        paths.write_text("{")
        options = ("--port", port, "--device", "cuda:99", "--extra-model-paths-config", paths, "--no-starter")
        answer = nodegraph(tmp_path, "doctor", *options)
    assert answer.exit_code == 1
    assert "5 problems found" in answer.stdout
    for said in (
        "Move it away, or choose another folder with --output-dir",
        f"into {tmp_path / 'models' / 'checkpoints'}",
        f"{paths} cannot be read as YAML",
        "leave out --extra-model-paths-config",
        "nodegraph serve --port",
        "Choose one of these with --device",
    ):
        assert said in answer.stdout


@pytest.mark.parametrize("arguments", [["run"], ["run", "no-such-file.json"], ["serve", "--port", "high"]])
def test_a_wrong_command_line_ends_with_2(arguments: list[str], tmp_path: Path) -> None:
    assert nodegraph(tmp_path, *arguments).exit_code == 2
