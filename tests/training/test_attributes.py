"""The judge: what it is taught and what it reads are the same thing, and what it learnt is kept."""

from pathlib import Path

import numpy as np
import pytest
import torch
from support.judging import answers_to, painted, scenes

from nodegraph.training import attributes_training
from nodegraph.training.attributes import CHANNELS, AttributeNetwork, Judge, SeenThing, read, small, to_network
from nodegraph.training.attributes_training import Course, disturbed, labels_of, loss_of, teach, trained_judge
from nodegraph.training.evaluation.agreement import agreement
from nodegraph.training.evaluation.prompts import held_out_scenes, pair_scenes, renderings, seen_scenes
from nodegraph.training.scenes import BACKGROUNDS, COLORS, OBJECTS, PLACES, SIZES

TINY = Course(pictures=30, steps=2, batch=4)


def test_right_answers_are_read_as_the_scenes_they_answer_and_cost_least() -> None:
    asked = [*scenes(12, two=0.0), *scenes(12, two=1.0)]
    cells, background = answers_to(asked)
    for look, scene in zip(read(cells, background), asked, strict=True):
        assert look.background == scene.background
        seen = sorted((thing.object, thing.color) for thing in look.things)
        assert seen == sorted((thing.object, thing.color) for thing in scene.things)
        for thing in scene.things:
            match = min(look.things, key=lambda other: abs(other.x - thing.x) + abs(other.y - thing.y))
            assert (match.x, match.y, match.side) == pytest.approx((thing.x, thing.y, thing.side), abs=1e-3)
            if thing.place:
                assert (match.place, match.size) == (thing.place, thing.size)
    right = loss_of((cells, background), labels_of(asked))
    mixed_up = loss_of((cells.roll(1, dims=0), background.roll(1, dims=0)), labels_of(asked))
    assert right < 0.5 * mixed_up


def test_places_and_sizes_are_named_as_scenes_name_them() -> None:
    for place, (x, y) in PLACES.items():
        assert SeenThing("ball", "red", x + 0.06, y - 0.06, 0.4).place == place
    for word, bounds in SIZES.items():
        assert {SeenThing("ball", "red", 0.5, 0.5, side).size for side in bounds} == {word}


def test_nothing_is_seen_where_nothing_is() -> None:
    cells = torch.full((1, sum(CHANNELS.values()), 8, 8), -9.0)
    (look,) = read(cells, torch.eye(20)[:1])
    assert look.things == ()
    assert look.background == next(iter(BACKGROUNDS))


def test_labels_are_indices_and_empty_places_are_marked() -> None:
    one, two = *scenes(1, two=0.0), *scenes(1, two=1.0)
    labels = labels_of([one, two])
    assert labels.there.tolist() == [[1, 0], [1, 1]]
    assert list(OBJECTS)[int(labels.object[1, 1])] == two.things[1].object
    assert list(COLORS)[int(labels.color[0, 0])] == one.things[0].color
    assert labels[torch.tensor([1])].there.tolist() == [[1, 1]]


def test_pictures_are_reduced_by_means() -> None:
    picture = np.zeros((1, 128, 128, 3), np.uint8)
    picture[0, :2, :2] = [[[10, 0, 0], [20, 0, 0]], [[30, 0, 0], [41, 0, 0]]]
    reduced = small(picture)
    assert reduced.shape == (1, 64, 64, 3)
    assert reduced[0, 0, 0].tolist() == [25, 0, 0]
    assert not reduced[0, 1:].any()
    assert to_network(reduced).min() == -1


def test_most_pictures_are_disturbed_and_some_stay_clean() -> None:
    x = to_network(small(painted(scenes(8))))
    before = x.clone()
    y = disturbed(x, np.random.default_rng(0))
    assert torch.equal(x, before)
    assert torch.equal(y[:2], x[:2])
    assert all((y[index] - x[index]).abs().mean() > 0.003 for index in range(2, 8))
    assert y.abs().max() <= 1


def test_a_short_course_teaches_something() -> None:
    asked = scenes(8)
    labels, pictures = labels_of(asked), small(painted(asked))
    course = Course(pictures=8, steps=15, batch=8)

    def loss(network: AttributeNetwork) -> float:
        with torch.no_grad():
            return loss_of(network(to_network(pictures)), labels).item()

    torch.manual_seed(0)
    assert loss(teach(pictures, labels, course=course)) < 0.7 * loss(AttributeNetwork())


def test_a_judge_is_taught_once_for_each_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taught = []
    real = attributes_training.teach
    monkeypatch.setattr(
        attributes_training, "teach", lambda *given, **named: taught.append(named["course"]) or real(*given, **named)
    )
    pictures = painted(scenes(3))
    first = trained_judge(tmp_path, course=TINY).features(pictures)
    assert np.array_equal(first, trained_judge(tmp_path, course=TINY).features(pictures))
    assert taught == [TINY]
    longer = Course(pictures=30, steps=3, batch=4)
    assert not np.array_equal(first, trained_judge(tmp_path, course=longer).features(pictures))
    assert taught == [TINY, longer]


def test_features_are_one_row_a_picture_whatever_the_batch() -> None:
    torch.manual_seed(0)
    judge, pictures = Judge(AttributeNetwork()), painted(scenes(3))
    features = judge.features(pictures)
    assert features.shape == (3, 128)
    assert np.allclose(features[1:2], judge.features(pictures[1:2]), atol=1e-5)


@pytest.mark.slow
def test_the_usual_course_makes_a_reliable_judge(tmp_path: Path) -> None:
    judge = trained_judge(tmp_path)
    for chosen in (held_out_scenes, seen_scenes):
        asked = chosen(256)
        shares = agreement(judge.look(renderings(asked)), asked)
        assert min(shares[name] for name in ("color", "background", "object", "place")) >= 0.97
    pairs = pair_scenes(256)
    assert agreement(judge.look(renderings(pairs)), pairs)["both"] >= 0.93
