"""What lies between two seeds or prompts: the ends are the things themselves, and nothing between is unlike them."""

import pytest
import torch
from toy_model import prompt, toy_model

from nodegraph.diffusion.between import NoiseBetween, SeedPerItemError, prompts_between, slerp
from nodegraph.diffusion.conditioning import ConditioningError
from nodegraph.diffusion.noise import RandomNoise
from nodegraph.diffusion.sample import add_noise


def test_the_arc_has_even_angles_and_keeps_the_length() -> None:
    first, last = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 3.0])
    third = slerp(first, last, 1 / 3)
    torch.testing.assert_close(third, 3 * torch.tensor([0.75**0.5, 0.5]))
    assert slerp(first, last, 0.5).norm().item() == pytest.approx(3.0)


@pytest.mark.parametrize("last", [[3.0, 0.0], [-3.0, 0.0]], ids=["same", "opposite"])
def test_without_an_arc_the_way_is_straight(last: list[float]) -> None:
    between = slerp(torch.tensor([3.0, 0.0]), torch.tensor(last), 0.25)
    torch.testing.assert_close(between, torch.tensor([0.75 * 3 + 0.25 * last[0], 0.0]))


def test_noise_goes_from_one_seed_to_the_other_and_stays_noise() -> None:
    latent = torch.zeros(5, 4, 32, 32)
    noise = NoiseBetween(1, 2).generate(latent)
    assert torch.equal(noise[:1], RandomNoise(1).generate(latent[:1]))
    assert torch.equal(noise[-1:], RandomNoise(2).generate(latent[:1]))
    assert noise.std(dim=(1, 2, 3)).tolist() == pytest.approx([1.0] * 5, abs=0.05)
    assert len(NoiseBetween(1, 2).generate(latent[:1])) == 1


def test_noise_over_a_batch_and_a_seed_for_each_item_do_not_go_together() -> None:
    model = toy_model()
    latent = {"samples": torch.zeros(2, 4, 8, 8), "own_seeds": True}
    with pytest.raises(SeedPerItemError, match=r"LearnNoiseBetween.*SeedPerLatent"):
        add_noise(model, latent=latent, noise=NoiseBetween(1, 2), sigmas=torch.tensor([1.0]))


def test_a_prompt_becomes_another_evenly_even_if_it_is_longer() -> None:
    ((context, options),) = prompts_between(
        [(torch.zeros(1, 3, 6), {"pooled_output": torch.zeros(1, 6), "strength": 0.5})],
        [(torch.ones(1, 6, 6), {"pooled_output": torch.ones(1, 6)})],
        5,
    )
    assert context.shape == (5, 6, 6)
    assert context[:, 0, 0].tolist() == options["pooled_output"][:, 0].tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert options["strength"] == 0.5


def test_prompts_of_two_encoders_or_none_are_refused() -> None:
    with pytest.raises(ConditioningError, match="6 wide and the last 8"):
        prompts_between(prompt(1.0), [(torch.zeros(1, 3, 8), {})], 3)
    with pytest.raises(ConditioningError, match="empty list"):
        prompts_between([], prompt(1.0), 3)
