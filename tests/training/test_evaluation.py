"""Every measure is right where the answer is known, and can fail; every part runs on a real model file."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from support.judging import KnowingJudge, RenderingPipeline, look_at, scene_of, scenes
from support.random_starter import NOTES, random_image_encoder, write_random_image_encoder, write_random_starter

from nodegraph.cli.main import cli
from nodegraph.training.attributes import AttributeNetwork, Judge, Look
from nodegraph.training.evaluation import inpainting, prompted
from nodegraph.training.evaluation.agreement import agreement, one_object, two_objects, wrong
from nodegraph.training.evaluation.bench import Bench, Size, size_of
from nodegraph.training.evaluation.distance import kernel_distance, standard_error, standardised
from nodegraph.training.evaluation.evaluate import PARTS, evaluate
from nodegraph.training.evaluation.image_to_image import monotonic
from nodegraph.training.evaluation.negative import negative_prompts
from nodegraph.training.evaluation.pipeline import Pipeline, Recipe
from nodegraph.training.evaluation.prompts import held_out_scenes, pair_scenes, seen_scenes, strangers
from nodegraph.training.evaluation.report import GOALS, figure, write_report
from nodegraph.training.evaluation.restoration import psnr
from nodegraph.training.evaluation.retrieval import found
from nodegraph.training.evaluation.samplers import distances_from_others
from nodegraph.training.evaluation.sheets import Cell, as_jpeg, contact_sheet
from nodegraph.training.export import with_notes, write_image_encoder
from nodegraph.training.scenes import BACKGROUNDS, COLORS, HELD_OUT, OBJECTS, Scene
from nodegraph.weights.header import read_header

TINY = Size(
    prompts=2,
    swept=2,
    guidance=(1.0, 2.0),
    negatives=1,
    sources=1,
    painted_over=1,
    sampler_set=3,
    sampler_sets=2,
    ddpm_steps=3,
    restored=4,
    timed=1,
)
RECIPE = Recipe(steps=2)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_starter(tmp_path_factory.mktemp("starter") / "starter.safetensors")


@pytest.fixture(scope="module")
def bench(checkpoint: Path) -> Bench:
    """A model of random weights and a judge of random opinions."""
    torch.manual_seed(0)
    judge = Judge(AttributeNetwork())
    image_encoder = write_random_image_encoder(checkpoint.with_name("clip.safetensors"))
    return Bench(Pipeline(checkpoint, "cpu"), lambda: judge, RECIPE, TINY, image_encoder)


def imagined(imagine: Callable[[int, str, str], Scene]) -> Bench:
    """A bench on which pictures are rendered, and judged by one who knows them."""
    judge = KnowingJudge()
    pipeline = RenderingPipeline(judge, imagine)
    return Bench(cast(Pipeline, pipeline), lambda: cast(Judge, judge), RECIPE, replace(TINY, prompts=8, negatives=8))


# What was asked for and what is there.


def test_a_picture_of_what_was_asked_for_is_right_in_everything() -> None:
    for asked in (scenes(20, two=0.0), scenes(20, two=1.0)):
        shares = agreement([look_at(scene) for scene in asked], asked)
        assert set(shares.values()) == {1.0}
        assert all(wrong(look_at(scene), scene) == [] for scene in asked)


def test_each_attribute_of_one_object_is_judged_by_itself() -> None:
    (scene,) = scenes(1, two=0.0)
    (other,) = strangers([scene])
    look, strange = look_at(scene), look_at(other)
    (thing,), (changed,) = look.things, strange.things
    cases = {
        "color": replace(look, things=(replace(thing, color=changed.color),)),
        "object": replace(look, things=(replace(thing, object=changed.object),)),
        "place": replace(look, things=(replace(thing, x=changed.x, y=changed.y),)),
        "background": replace(look, background=strange.background),
    }
    for name, seen in cases.items():
        answers = one_object(seen, scene)
        assert [key for key in cases if not answers[key]] == [name] == wrong(seen, scene)
        assert not answers["all"]
    assert not one_object(replace(look, things=(thing, changed)), scene)["alone"]
    assert one_object(replace(look, things=(thing, changed)), scene)["all"], "the clearest object counts"
    assert not any(one_object(Look("nothing", ()), scene).values())


def test_two_objects_are_matched_whichever_is_seen_first() -> None:
    (scene,) = scenes(1, two=1.0, seed=5)
    look = look_at(scene)
    a, b = look.things
    assert (a.color, a.object) != (b.color, b.object)
    assert all(two_objects(replace(look, things=(b, a)), scene).values())
    swapped = replace(look, things=(replace(a, color=b.color), replace(b, color=a.color)))
    answers = two_objects(swapped, scene)
    assert not answers["both"]
    assert answers["objects"]
    turned = replace(look, things=(replace(a, x=b.x, y=b.y), replace(b, x=a.x, y=a.y)))
    assert two_objects(turned, scene)["both"]
    assert not two_objects(turned, scene)["relation"]
    alone = two_objects(replace(look, things=(b,)), scene)
    assert alone["one"]
    assert not alone["both"]


def test_pictures_of_other_scenes_are_found_wrong() -> None:
    asked = seen_scenes(32)
    shares = agreement([look_at(scene) for scene in strangers(asked)], asked)
    assert shares["all"] == shares["color"] == shares["object"] == shares["place"] == shares["background"] == 0


@pytest.mark.parametrize("part", [prompted.one_object_held_out, prompted.one_object_seen, prompted.two_objects])
def test_a_model_that_paints_what_it_is_told_scores_all_and_one_that_does_not_nothing(
    part: Callable[[Bench], Any],
) -> None:
    told = scene_of([*held_out_scenes(8), *seen_scenes(8), *pair_scenes(8)])
    obedient = part(imagined(lambda number, prompt, negative: told[prompt])).figures
    assert {value for name, value in obedient.items() if name != "prompts"} == {1.0}
    deaf = part(imagined(lambda number, prompt, negative: scenes(8, two=0.5, seed=9)[number])).figures
    assert deaf.get("all", deaf.get("both")) == 0


# Negative prompts.


def _shows(scene: Scene, words: str) -> bool:
    """Whether a scene shows all that words name."""
    named = set(words.split()) & {*COLORS, *OBJECTS}
    of_background = [name for name, phrase in BACKGROUNDS.items() if words in (name, phrase)]
    shown = {word for thing in scene.things for word in (thing.color, thing.object)}
    return bool(named or of_background) and named <= shown and set(of_background) <= {scene.background}


def test_negatives_that_work_differ_from_negatives_that_do_nothing() -> None:
    candidates = scenes(40, two=0.0)

    def obeying(number: int, prompt: str, negative: str) -> Scene:
        return next(scene for scene in candidates[number:] if not _shows(scene, negative))

    works = negative_prompts(imagined(obeying)).figures
    nothing = negative_prompts(imagined(lambda number, prompt, negative: candidates[number])).figures
    assert works.keys() == nothing.keys()
    for name in works:
        assert (works[name]["named"], works[name]["another"]) == (0.0, 1.0), name
        assert (nothing[name]["named"], nothing[name]["another"]) == (1.0, 1.0), name


def test_a_negative_that_ruins_the_picture_is_found_out() -> None:
    candidates = [*scenes(6000, two=0.0), *held_out_scenes(2000)]

    def fits(scene: Scene, prompt: str) -> bool:
        asked = set(prompt.split()) & {*COLORS, *OBJECTS}
        grounds = [name for name, phrase in BACKGROUNDS.items() if prompt == name or prompt.endswith(phrase)]
        (thing,) = scene.things
        return asked <= {thing.color, thing.object} and set(grounds) <= {scene.background}

    def obeying(number: int, prompt: str, negative: str) -> Scene:
        return next(scene for scene in candidates[number:] if fits(scene, prompt))

    def ruined(number: int, prompt: str, negative: str) -> Scene:
        return strangers([obeying(number, prompt, "")])[0] if negative else obeying(number, prompt, "")

    for figures in negative_prompts(imagined(obeying)).figures.values():
        assert (figures["prompt"], figures["prompt, named"], figures["prompt, another"]) == (1.0, 1.0, 1.0)
    for figures in negative_prompts(imagined(ruined)).figures.values():
        assert (figures["prompt"], figures["prompt, named"], figures["prompt, another"]) == (1.0, 0.0, 0.0)


# Numbers.


def test_decibels_are_those_of_the_definition() -> None:
    pictures = np.full((2, 4, 4, 3), 100, np.uint8)
    other = pictures.copy()
    other[1] += 16
    other[0, 0] += 16
    corner = np.zeros((4, 4), bool)
    corner[0, 0] = True
    assert psnr(pictures, other) == pytest.approx([20 * np.log10(255 / 8), 20 * np.log10(255 / 16)])
    assert psnr(pictures, other, where=corner) == pytest.approx([20 * np.log10(255 / 16)] * 2)
    assert np.isinf(psnr(pictures, pictures)).all()


def test_the_kernel_distance_is_zero_on_average_for_one_distribution_and_grows_with_the_shift() -> None:
    rng = np.random.default_rng(0)
    same = [kernel_distance(*rng.normal(size=(2, 32, 16))) for _ in range(200)]
    assert abs(np.mean(same)) < 3 * np.std(same) / np.sqrt(200)
    assert min(same) < 0
    a, b = rng.normal(size=(2, 32, 16))
    near, far = kernel_distance(a, b + 0.5), kernel_distance(a, b + 1.0)
    assert max(same) < near < far
    assert 0.3 * np.std(same) < standard_error(a, b) < 3 * np.std(same)
    assert standardised(3 * a + 7, 3 * a + 7).std(axis=0) == pytest.approx(np.ones(16), rel=1e-4)


def test_a_set_is_compared_with_all_the_others() -> None:
    rng = np.random.default_rng(0)
    sets = [rng.normal(size=(32, 16)) for _ in range(4)]
    sets[2] = sets[2] + 2
    apart = distances_from_others(sets)
    assert max(apart) == apart[2]
    assert apart[0] == pytest.approx(np.mean([kernel_distance(sets[0], sets[index]) for index in (1, 2, 3)]))


def test_retrieval_counts_equal_captions_as_one() -> None:
    texts = ["a", "b", "c", "a"]
    assert found(np.eye(4), texts) == {"caption of a picture": 1.0, "picture of a caption": 1.0}
    assert found(np.eye(4)[[3, 1, 2, 0]], texts) == {"caption of a picture": 1.0, "picture of a caption": 1.0}
    assert found(np.eye(4)[[1, 2, 0, 3]], texts) == {"caption of a picture": 0.25, "picture of a caption": 0.25}


def test_the_order_of_strengths_is_only_right_if_all_three_figures_are() -> None:
    rows = [{"dB": 30.0, "source": 0.9, "prompt": 0.1}, {"dB": 20.0, "source": 0.5, "prompt": 0.6}]
    assert monotonic(rows)
    assert not monotonic(rows[::-1])
    for name, value in {"dB": 31.0, "source": 0.95, "prompt": 0.05}.items():
        assert not monotonic([rows[0], {**rows[1], name: value}])


def test_the_region_is_whole_cells_and_holds_the_object_that_goes() -> None:
    mask = inpainting.region_mask(0)
    cells = mask.reshape(16, 8, 16, 8).mean(axis=(1, 3))
    assert set(np.unique(cells)) == {0.0, 1.0}
    assert np.flatnonzero(mask[64]).tolist() == list(range(24, 104))
    assert inpainting.region_mask(8).sum() == 96**2


# What is asked for.


def test_evaluations_ask_for_the_same_scenes_every_time() -> None:
    for choose, count in ((held_out_scenes, 1), (seen_scenes, 1), (pair_scenes, 2)):
        assert choose(20)[:10] == choose(10)
        assert all(len(scene.things) == count for scene in choose(20))
    assert {(thing.color, thing.object) for scene in held_out_scenes(50) for thing in scene.things} <= HELD_OUT
    others = seen_scenes(50) + pair_scenes(50)
    assert not {(thing.color, thing.object) for scene in others for thing in scene.things} & HELD_OUT


# The whole.


def test_each_picture_of_a_batch_has_its_own_prompt(bench: Bench) -> None:
    painted = bench.pipeline.paint(["a red ball", "a blue box"], recipe=RECIPE, seed=1)
    again = bench.pipeline.paint(["a red ball", "a green box"], recipe=RECIPE, seed=1, negatives=["", "snow"])
    assert painted.shape == (2, 128, 128, 3)
    assert painted.dtype == np.uint8
    assert np.abs(painted[0].astype(int) - again[0]).max() <= 1
    assert np.abs(painted[1].astype(int) - again[1]).max() > 1


def test_every_part_runs_is_kept_and_is_not_done_again(bench: Bench, checkpoint: Path, tmp_path: Path) -> None:
    said: list[str] = []
    first = evaluate(bench, tmp_path, parts=("speed", "judge"), report=said.append)
    assert list(first.figures) == ["judge", "speed"]
    whole = evaluate(bench, tmp_path, report=said.append)
    assert list(whole.figures) == list(PARTS)
    assert len(said) == 2 * len(PARTS)
    assert evaluate(bench, tmp_path, report=said.append) == whole
    assert len(said) == 2 * len(PARTS)
    again = evaluate(bench, tmp_path, parts=("judge",), again=True, report=said.append)
    assert len(said) == 2 * len(PARTS) + 2
    assert again.figures["judge"] == whole.figures["judge"]

    summary = whole.summary(bench)
    assert len(json.dumps(summary)) < 8000
    page = tmp_path / "docs" / "evaluation.md"
    write_report(whole, page, summary)
    text = page.read_text(encoding="utf-8")
    for name in whole.sheets:
        assert f"(starter/{name}.jpg)" in text
        assert Image.open(page.parent / "starter" / f"{name}.jpg").width > 128
    assert len(whole.sheets) >= 9
    on_two_cores = torch.get_num_threads() == 2
    for goal in GOALS:
        assert (figure(whole.figures, goal.path) is not None) == (goal.unit != "s" or on_two_cores), goal.name
        assert goal.name in text


def test_a_page_can_be_written_of_what_is_done_so_far(bench: Bench, tmp_path: Path) -> None:
    evaluation = evaluate(bench, tmp_path, parts=("speed",))
    write_report(evaluation, tmp_path / "page.md", evaluation.summary(bench))
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert text.count("not measured") == len(GOALS) - (torch.get_num_threads() == 2)
    assert "## Speed" in text
    assert "## Guidance" not in text


def test_goals_are_met_on_the_right_side() -> None:
    by_name = {goal.path[-1]: goal for goal in GOALS}
    assert by_name["color"].met(0.92)
    assert not by_name["color"].met(0.919)
    assert by_name["seconds on two CPU cores"].met(0.9)
    assert not by_name["seconds on two CPU cores"].met(1.1)


def test_a_gpu_compares_samplers_on_more_pictures() -> None:
    assert size_of(quick=False, device="cpu", sampler_set=None).sampler_set == 32
    assert size_of(quick=False, device="cuda", sampler_set=None).sampler_set == 256
    assert size_of(quick=True, device="cuda", sampler_set=None).sampler_set < 32
    assert size_of(quick=True, device="cpu", sampler_set=5).sampler_set == 5


def test_contact_sheets_have_room_for_words() -> None:
    picture = np.full((128, 128, 3), 90, np.uint8)
    plain = contact_sheet([Cell(picture)] * 5, columns=4)
    worded = contact_sheet([Cell(picture, "a small red ball on the left in a meadow", "wrong: color")] * 5, columns=4)
    assert plain.width == worded.width == 6 + 4 * 134
    assert worded.height > plain.height
    red = np.asarray(worded).astype(int)
    assert ((red[..., 0] - red[..., 1]) > 100).any(), "what is wrong is said in red"
    assert Image.open(BytesIO(as_jpeg(worded))).size == worded.size


def _run(*arguments: object) -> Any:
    return CliRunner().invoke(cli, ["evaluate-starter", *map(str, arguments)])


def test_the_command_measures_and_prints(checkpoint: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(checkpoint.read_bytes())
    given: Sequence[object] = ("--checkpoint", copy, "--quick", "--part", "speed", "--out", tmp_path, "--device", "cpu")
    answer = _run(*given, "--report", tmp_path / "page.md")
    assert answer.exit_code == 0, answer.output
    summary = json.loads(answer.stdout)
    assert summary["speed"]["steps"] == 20
    assert summary["quick"] is True
    assert "part 3 of 12: speed" in answer.stderr
    assert (tmp_path / "page.md").exists()
    with_notes(copy, {"nodegraph.evaluation": json.dumps(summary)})
    kept = _run(*given)
    assert json.loads(kept.stdout) == summary, "notes in the file do not make it another model"
    assert "part 3" not in kept.stderr


def test_what_figures_depend_on_has_figures_of_its_own(bench: Bench, tmp_path: Path) -> None:
    other = bench.pipeline.checkpoint.with_name("other.safetensors")
    write_image_encoder(other, **(random_image_encoder() | {"logit_scale": torch.tensor(1.0)}), notes=NOTES)
    benches = (
        bench,
        replace(bench, size=replace(bench.size, sampler_set=4)),
        replace(bench, recipe=replace(bench.recipe, cfg=2.0)),
        replace(bench, image_encoder=other),
    )
    for each in benches:
        evaluate(each, tmp_path, parts=("speed",))
    assert len(list(tmp_path.iterdir())) == len(benches)


def test_a_whole_evaluation_is_noted_in_both_files(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodegraph.training.evaluation.bench.size_of", lambda **_: TINY)
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(checkpoint.read_bytes())
    encoder = write_random_image_encoder(tmp_path / "clip.safetensors")
    given = ("--checkpoint", copy, "--image-encoder", encoder, "--part", "speed", "--out", tmp_path, "--device", "cpu")
    unfinished = _run(*given, "--note")
    assert unfinished.exit_code == 1
    assert "judge" in unfinished.output
    assert "nodegraph.evaluation" not in read_header(copy).metadata
    monkeypatch.setattr("nodegraph.training.evaluation.evaluate.PARTS", {"speed": PARTS["speed"]})
    answer = _run(*given, "--note")
    assert answer.exit_code == 0, answer.output
    for path in (copy, encoder):
        assert json.loads(read_header(path).metadata["nodegraph.evaluation"]) == json.loads(answer.stdout)


def test_nothing_is_noted_of_a_quick_run_or_in_the_model_that_comes_with_the_package(checkpoint: Path) -> None:
    for given in (("--checkpoint", checkpoint, "--quick"), ()):
        answer = _run(*given, "--note")
        assert answer.exit_code == 2
        assert "--checkpoint" in answer.stderr


def test_the_command_says_which_parts_there_are(checkpoint: Path) -> None:
    answer = _run("--checkpoint", checkpoint, "--part", "beauty")
    assert answer.exit_code == 2
    assert "there is no part 'beauty'" in answer.stderr
    assert "negative-prompt" in answer.stderr
