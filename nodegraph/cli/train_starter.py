"""``nodegraph train-starter``: makes the model that comes with the package, from nothing."""

from pathlib import Path

import click

from nodegraph.training.plan import STAGES, TOTAL_MINUTES, StageName


@click.command("train-starter")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, mps, cuda or cuda:N.")
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    default=TOTAL_MINUTES,
    show_default=True,
    help="For all stages together, or for the one stage named; over all runs.",
)
@click.option("--stage", type=click.Choice(STAGES), help="Train this stage only. [default: all that are not done]")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("starter-training"),
    show_default=True,
    help="Pictures, checkpoints, logs and the finished files.",
)
def train_starter(device: str, minutes: float, stage: StageName | None, folder: Path) -> None:
    """Train the starter model: autoencoder, CLIP, diffusion network, and CLIP's image encoder once more.

    Every stage writes a checkpoint every two minutes; the same command goes on from there. At the end the folder holds
    starter.safetensors and starter-clip.safetensors, a plot of the losses and sheets of samples.
    """
    from nodegraph.training.starter import make_starter

    make_starter(
        folder,
        device=device,
        stage=stage,
        minutes=minutes,
        report=lambda line: click.echo(line, err=True),
    )
