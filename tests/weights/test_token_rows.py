"""A token table of which a file stores only the rows that occur."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from support.tiny_checkpoint import TINY, state_dict
from support.tiny_lora import TEXT, small_lora, write_lora
from torch import Tensor

from nodegraph.diffusion.tokenizer import VOCABULARY_SIZE
from nodegraph.weights.header import BrokenFileError
from nodegraph.weights.open import open_checkpoint, open_lora
from nodegraph.weights.recognise import UnrecognisedFileError
from nodegraph.weights.residency import Residency

TABLE = "cond_stage_model.transformer.text_model.embeddings.token_embedding"


def write_rows(path: Path, numbers: Tensor, rows: int | None = None) -> tuple[Path, Tensor]:
    """A tiny checkpoint whose table stores so many rows, and these numbers for them; its path and the stored rows."""
    tensors = state_dict(TINY)
    stored = tensors[f"{TABLE}.weight"][: len(numbers) if rows is None else rows].clone()
    save_file({**tensors, f"{TABLE}.weight": stored, f"{TABLE}.rows": numbers}, path)
    return path, stored


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
def test_stored_rows_arrive_at_their_tokens_and_all_others_are_zero(dtype: torch.dtype, tmp_path: Path) -> None:
    numbers = torch.tensor([VOCABULARY_SIZE - 1, 7, 40000], dtype=dtype)
    path, stored = write_rows(tmp_path / "rows.safetensors", numbers)
    _, clip, _ = open_checkpoint(path)
    network = Residency(device="cpu", precision="fp32").clip(clip)._network
    table = network.embeddings.token_embedding.weight
    assert table.shape == (VOCABULARY_SIZE, TINY.context)
    assert torch.equal(table[numbers.long()], stored.float())
    assert int(table.any(dim=1).sum()) == len(numbers)


@pytest.mark.parametrize(
    ("numbers", "rows", "words"),
    [
        ([1, 2, 3], 2, r"stores 2 rows and numbers of shape \[3\]"),
        ([[1, 2]], 2, r"stores 2 rows and numbers of shape \[1, 2\]"),
        ([], 0, "stores 0 rows"),
    ],
)
def test_rows_and_numbers_that_do_not_fit_are_refused_when_opened(
    numbers: list[int], rows: int, words: str, tmp_path: Path
) -> None:
    path, _ = write_rows(tmp_path / "rows.safetensors", torch.tensor(numbers, dtype=torch.int32), rows)
    with pytest.raises(UnrecognisedFileError, match=words):
        open_checkpoint(path)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([1, 2, 1], "each only once"),
        ([1.0, 2.0], "whole numbers"),
        ([3, VOCABULARY_SIZE], f"from 3 to {VOCABULARY_SIZE}, expected 0 to {VOCABULARY_SIZE - 1}"),
        ([-1, 3], "from -1 to 3"),
    ],
)
def test_numbers_that_are_no_tokens_are_refused(numbers: list[float], words: str, tmp_path: Path) -> None:
    path, _ = write_rows(tmp_path / "rows.safetensors", torch.tensor(numbers))
    _, clip, _ = open_checkpoint(path)
    with pytest.raises(BrokenFileError, match=words):
        Residency(device="cpu", precision="fp32").clip(clip)


def test_a_lora_leaves_a_table_of_stored_rows_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, stored = write_rows(tmp_path / "rows.safetensors", torch.tensor([5, 7, 9]))
    of_table = {
        "text_encoder.embeddings.token_embedding.lora_B.weight": torch.ones(len(stored), 2),
        "text_encoder.embeddings.token_embedding.lora_A.weight": torch.ones(2, stored.shape[1]),
    }
    _, clip, _ = open_checkpoint(path)
    lora = open_lora(write_lora(tmp_path / "lora.safetensors", {**small_lora(), **of_table}), used_with=(clip,))
    assert "token_embedding" in caplog.text
    residency = Residency(device="cpu", precision="fp32")
    plain, changed = (residency.clip(each)._network for each in (clip, clip.with_change(lora, 1.0)))
    assert torch.equal(changed.embeddings.token_embedding.weight, plain.embeddings.token_embedding.weight)
    assert not torch.equal(changed.get_parameter(f"{TEXT}.weight"), plain.get_parameter(f"{TEXT}.weight"))
