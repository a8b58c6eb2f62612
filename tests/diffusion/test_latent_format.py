"""Latents as pictures for people and as input for networks."""

import pytest
import torch

from nodegraph.diffusion.latents import SD15


def test_preview_is_a_small_picture() -> None:
    picture = SD15.preview(torch.zeros(2, 4, 5, 7))
    assert picture.shape == (5, 7, 3)
    assert picture.dtype == torch.uint8
    assert bool((picture == 127).all())
    red = torch.zeros(1, 4, 1, 1)
    red[:, 0] = 1.0
    assert SD15.preview(red).flatten().tolist() == [int((f + 1) / 2 * 255) for f in (0.3512, 0.2297, 0.3227)]


def test_latent_scale_round_trip() -> None:
    samples = torch.randn(1, 4, 3, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(SD15.process_out(SD15.process_in(samples)), samples)
    assert float(SD15.process_in(torch.ones(1))) == pytest.approx(0.18215)
