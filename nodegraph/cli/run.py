"""``nodegraph run``: one workflow from a file to the files it writes, in this process and without a server."""

import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nodegraph.cli.options import compute_options, folder_options, settings_from

if TYPE_CHECKING:
    from nodegraph.execution.events import Failure
    from nodegraph.graph.spec import NodeSpec
    from nodegraph.graph.validate import Validated
    from nodegraph.worker.protocol import Submit
    from nodegraph.worker.runtime import Runtime

STOPPED = 130
"""Exit code of a program that Ctrl+C ended: 128 + SIGINT."""


@click.command()
@click.argument("file", metavar="WORKFLOW.json|IMAGE.png", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--set", "assignments", multiple=True, metavar="NODE.INPUT=VALUE", help="Change an input. May be repeated."
)
@folder_options
@compute_options
def run(file: Path, assignments: tuple[str, ...], home: Path, **given: Any) -> None:
    """Run a workflow and print the files it writes.

    The file is in API or canvas format, or a picture that was saved with its workflow. NODE is an id, a title or a
    class that names one node.

    Ends with 0 when done, 1 when the workflow is not valid or fails, 2 for a wrong command line, 130 after Ctrl+C.
    """
    from nodegraph.cli.overrides import apply_overrides
    from nodegraph.cli.workflow_file import read_workflow
    from nodegraph.packs.locate import user_packs
    from nodegraph.worker.runtime import Runtime

    settings = settings_from(home, **given)
    runtime = Runtime(settings, user_packs(settings))
    ready = runtime.ready()
    specs = {spec.class_id: spec for spec in ready.specs}
    workflow = read_workflow(file, specs)
    for message in (*(failure.message for failure in ready.failures), *workflow.warnings):
        click.echo(f"Warning: {message}", err=True)
    prompt = apply_overrides(workflow.prompt, assignments, specs)
    # A canvas that no longer says what was run has no place in the picture's metadata.
    canvas = workflow.canvas if not assignments else None
    _carry_out(runtime, _checked(runtime, specs, prompt, canvas))


def _checked(
    runtime: "Runtime", specs: Mapping[str, "NodeSpec"], prompt: dict[str, Any], canvas: Mapping[str, Any] | None
) -> "Submit":
    """The job to run; if anything is wrong with the workflow, print all of it and end the program.

    A server runs the outputs that can run and reports the others. Here it is all or nothing: nobody is watching.
    """
    from nodegraph.graph.api_format import dump, parse
    from nodegraph.graph.validate import validate
    from nodegraph.packs.choices import FileChoices
    from nodegraph.worker.protocol import Submit

    files = FileChoices(runtime.models, runtime.folders.own, lambda: runtime.credentials.names(""))
    graph = parse(prompt)
    validated = validate(graph, specs, files.names, exists=files.has, place=files.place, bring=files.bring)
    if validated.error or validated.node_errors:
        click.echo("The workflow cannot run:\n" + "\n".join(_problems(validated)), err=True)
        sys.exit(1)
    extra = {"extra_pnginfo": {"workflow": canvas}} if canvas is not None else {}
    return Submit(str(uuid.uuid4()), dump(validated.within(graph)), validated.outputs, extra, previews=False)


def _problems(validated: "Validated") -> Iterator[str]:
    for node, wrong in validated.node_errors.items():
        yield from (f"  node {node} ({wrong.class_type}): {problem}" for problem in wrong.errors)
    if validated.error and not validated.node_errors:
        yield f"  {validated.error}"


def _carry_out(runtime: "Runtime", job: "Submit") -> None:
    """Run a job on a thread of its own, so that Ctrl+C is heard; ends the program unless all went well.

    The first Ctrl+C stops the job at its next network call or node; a second ends the program on the spot.
    """
    from nodegraph.cli.display import Display
    from nodegraph.execution.events import Outcome
    from nodegraph.worker.gate import JobGate, Turnstile

    gate = JobGate(Turnstile())
    with Display(job.prompt, runtime.folders.own) as display, ThreadPoolExecutor(1, "job") as thread:
        running = thread.submit(runtime.run, job, display.show, gate)
        try:
            end = running.result()
        except KeyboardInterrupt:
            gate.cancel()
            click.echo("Stopping; Ctrl+C again to end at once.", err=True)
            try:
                end = running.result()
            except KeyboardInterrupt:
                os._exit(STOPPED)
    for path in display.files:
        click.echo(path)
    if end.failure is not None:
        click.echo(_explained(end.failure), err=True)
    if end.outcome is not Outcome.DONE:
        sys.exit(STOPPED if end.outcome is Outcome.CANCELLED else 1)


def _explained(failure: "Failure") -> str:
    """One line for what the user can put right; the traceback for what is a defect."""
    where = f" in node {failure.node} ({failure.class_id})" if failure.node else ""
    trace = "" if failure.user_error else "".join(failure.traceback) + f"{failure.kind}: "
    return f"Failed{where}: {trace}{failure.message}"
