"""``nodegraph evaluate-starter``: what a starter model can do, in numbers and pictures."""

import json
from collections.abc import Collection
from pathlib import Path

import click

from nodegraph.errors import MissingFileError, UserError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_PAGE = click.Path(dir_okay=False, path_type=Path)


class UnfinishedError(UserError):
    """Figures were to be noted before all of them were there."""


@click.command("evaluate-starter")
@click.option("--checkpoint", type=_FILE, help="What to evaluate. [default: the model that comes with nodegraph]")
@click.option("--image-encoder", type=_FILE, help="Its CLIP image encoder. [default: likewise]")
@click.option(
    "--out",
    type=_FOLDER,
    default=Path("starter-evaluation"),
    show_default=True,
    help="Figures, contact sheets and the judge; what is done there is not done again.",
)
@click.option("--quick", is_flag=True, help="A few minutes: to see that all works, not for figures to quote.")
@click.option("--cfg", type=click.FloatRange(1.0, 30.0), default=4.0, show_default=True, help="Guidance.")
@click.option("--part", "parts", multiple=True, metavar="NAME", help="Only this part. May be repeated.")
@click.option("--again", is_flag=True, help="Do anew what is done already.")
@click.option(
    "--sampler-pictures",
    type=click.IntRange(min=2),
    help="In each set by which samplers are compared. [default: 32; on a GPU 256]",
)
@click.option("--report", type=_PAGE, metavar="PAGE.md", help="Write a page, and the contact sheets beside it.")
@click.option("--note", is_flag=True, help="Write the figures into the metadata of the files named.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, mps, cuda or cuda:N.")
def evaluate_starter(
    checkpoint: Path | None,
    image_encoder: Path | None,
    out: Path,
    quick: bool,
    cfg: float,
    parts: tuple[str, ...],
    again: bool,
    sampler_pictures: int | None,
    report: Path | None,
    note: bool,
    device: str,
) -> None:
    """Measure whether a starter model does what it is asked for, and print the figures as JSON.

    A judge is first taught on rendered scenes (a few minutes, once) and then looks at what the model paints. On two
    CPU cores all of it takes about half an hour; it can be stopped at any time and goes on where it was.
    """
    from nodegraph.training.attributes_training import trained_judge
    from nodegraph.training.evaluation.bench import Bench, size_of
    from nodegraph.training.evaluation.evaluate import PARTS, evaluate
    from nodegraph.training.evaluation.pipeline import Pipeline, Recipe
    from nodegraph.training.evaluation.report import write_report
    from nodegraph.training.export import with_notes

    def say(line: str) -> None:
        click.echo(line, err=True)

    _check_parts(parts)
    if note and (checkpoint is None or quick):
        raise click.BadParameter(
            "figures are noted in a file named with --checkpoint, and only those of a whole evaluation, not --quick",
            param_hint="--note",
        )
    checkpoint, image_encoder = _files(checkpoint, image_encoder)
    pipeline = Pipeline(checkpoint, device)
    bench = Bench(
        pipeline,
        lambda: trained_judge(out, report=say),
        Recipe(cfg=cfg),
        size_of(quick=quick, device=pipeline.weights.device.type, sampler_set=sampler_pictures),
        image_encoder,
    )
    evaluation = evaluate(bench, out, parts=parts, again=again, report=say)
    summary = evaluation.summary(bench)
    click.echo(json.dumps(summary, indent=1))
    if report is not None:
        write_report(evaluation, report, summary)
    if note:
        if missing := [name for name in PARTS if name not in evaluation.figures]:
            raise UnfinishedError(
                f"nothing was noted: {', '.join(missing)} not measured; leave out --part, and name --image-encoder too"
            )
        for path in filter(None, (checkpoint, image_encoder)):
            with_notes(path, {"nodegraph.evaluation": json.dumps(summary)})


def _files(checkpoint: Path | None, image_encoder: Path | None) -> tuple[Path, Path | None]:
    """The files to evaluate: those named, else those that come with nodegraph. Another's encoder is no default."""
    from nodegraph import starter

    if checkpoint is not None:
        return checkpoint, image_encoder
    for bundled in (starter.CHECKPOINT, starter.IMAGE_ENCODER):
        if not bundled.exists():
            raise MissingFileError(
                f"There is no {bundled}: something is missing of this copy of nodegraph. Install it again, or name a "
                "file with --checkpoint"
            )
    return starter.CHECKPOINT, image_encoder or starter.IMAGE_ENCODER


def _check_parts(parts: Collection[str]) -> None:
    from nodegraph.training.evaluation.evaluate import PARTS

    unknown = [name for name in parts if name not in PARTS]
    if unknown:
        raise click.BadParameter(f"there is no part {unknown[0]!r}; there are: {', '.join(PARTS)}", param_hint="--part")
