"""LoRA files of every notation and kind of the field, each with what it adds to a weight, in plain matrices."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from support.tiny_lora import ATTENTION, CONVOLUTION, DIFFUSERS, OUTPUT, POINT, TEXT, UPSAMPLING, kohya, values
from torch import Tensor

Tensors = dict[str, Tensor]


def low_rank(outputs: int, inputs: int, *kernel: int) -> tuple[Tensor, Tensor]:
    """up ``o r`` and down ``r i x y``."""
    return values("up", outputs, 4), values("down", 4, inputs, *kernel)


def product(up: Tensor, down: Tensor) -> Tensor:
    """Entry by entry, what the two layers do one after the other."""
    return torch.stack([sum(up[o, r] * down[r] for r in range(len(down))) for o in range(len(up))])


@dataclass(frozen=True)
class Case:
    layer: str
    tensors: Tensors
    difference: Callable[[Tensor], Tensor]
    """From the original weight, at strength 1."""


def same(change: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda weight: change.reshape(weight.shape)


def cases() -> dict[str, Case]:
    up, down = low_rank(32, 32)
    plain, alpha = product(up, down), torch.tensor(2.0)
    unet, text = f"unet.{DIFFUSERS[ATTENTION]}", f"text_encoder.{DIFFUSERS[TEXT]}"
    found = {
        "kohya": Case(
            ATTENTION,
            {
                f"{kohya(ATTENTION)}.lora_up.weight": up,
                f"{kohya(ATTENTION)}.lora_down.weight": down,
                f"{kohya(ATTENTION)}.alpha": alpha,
            },
            same(plain * 0.5),
        ),
        "kohya in half precision without alpha": Case(
            ATTENTION,
            {
                f"{kohya(ATTENTION)}.lora_up.weight": up.half(),
                f"{kohya(ATTENTION)}.lora_down.weight": down.half(),
            },
            same(product(up.half().float(), down.half().float())),
        ),
        "kohya after the layout's names": Case(
            OUTPUT,
            {
                f"lora_unet_{OUTPUT.replace('.', '_')}.lora_up.weight": up,
                f"lora_unet_{OUTPUT.replace('.', '_')}.lora_down.weight": down,
            },
            same(plain),
        ),
        "PEFT": Case(ATTENTION, {f"{unet}.lora_B.weight": up, f"{unet}.lora_A.weight": down}, same(plain)),
        "PEFT without the pipeline": Case(
            ATTENTION,
            {
                f"base_model.model.{DIFFUSERS[ATTENTION]}.lora_B.weight": up,
                f"base_model.model.{DIFFUSERS[ATTENTION]}.lora_A.weight": down,
            },
            same(plain),
        ),
        "diffusers, linear layers": Case(
            ATTENTION,
            {f"{unet}.lora_linear_layer.up.weight": up, f"{unet}.lora_linear_layer.down.weight": down},
            same(plain),
        ),
        "diffusers, attention processors": Case(
            OUTPUT,
            {
                f"unet.{DIFFUSERS[OUTPUT].replace('to_out.0', 'processor.to_out_lora')}.up.weight": up,
                f"unet.{DIFFUSERS[OUTPUT].replace('to_out.0', 'processor.to_out_lora')}.down.weight": down,
            },
            same(plain),
        ),
        "the layout's names in full": Case(
            ATTENTION,
            {
                f"diffusion_model.{ATTENTION}.lora_B.weight": up,
                f"diffusion_model.{ATTENTION}.lora_A.weight": down,
            },
            same(plain),
        ),
    }
    wide, narrow = low_rank(128, 64)
    for name, key, roles in (
        ("kohya, text encoder", kohya(TEXT), ("lora_up", "lora_down")),
        ("PEFT, text encoder", text, ("lora_B", "lora_A")),
        ("diffusers, text encoder", text, ("lora_linear_layer.up", "lora_linear_layer.down")),
    ):
        tensors = {f"{key}.{roles[0]}.weight": wide, f"{key}.{roles[1]}.weight": narrow}
        found[name] = Case(TEXT, tensors, same(product(wide, narrow)))

    point = kohya(POINT)
    wide, narrow = low_rank(64, 64, 1, 1)
    tensors = {f"{point}.lora_up.weight": wide[..., None, None], f"{point}.lora_down.weight": narrow}
    found["a convolution of one cell"] = Case(POINT, tensors, same(product(wide, narrow)))

    convolution = kohya(CONVOLUTION)
    wide, narrow = low_rank(64, 32, 3, 3)
    tensors = {f"{convolution}.lora_up.weight": wide[..., None, None], f"{convolution}.lora_down.weight": narrow}
    found["LoCon"] = Case(CONVOLUTION, tensors, same(product(wide, narrow)))
    wide, narrow = low_rank(64, 64, 3, 3)
    tensors = {
        f"{kohya(UPSAMPLING)}.lora_up.weight": wide[..., None, None],
        f"{kohya(UPSAMPLING)}.lora_down.weight": narrow,
    }
    found["LoCon, upsampling"] = Case(UPSAMPLING, tensors, same(product(wide, narrow)))

    (wide, narrow), middle = low_rank(64, 32, 1, 1), values("mid", 4, 4, 3, 3)
    tensors = {
        f"{convolution}.lora_up.weight": wide[..., None, None],
        f"{convolution}.lora_down.weight": narrow,
        f"{convolution}.lora_mid.weight": middle,
        f"{convolution}.alpha": alpha,
    }
    spread = torch.stack(
        [torch.stack([wide @ middle[..., x, y] @ narrow[..., 0, 0] for y in range(3)], dim=-1) for x in range(3)], -2
    )
    found["LoCon with a core"] = Case(CONVOLUTION, tensors, same(spread * 0.5))

    a = {number: values(f"a{number}", 32, 4) for number in (1, 2)}
    b = {number: values(f"b{number}", 4, 32) for number in (1, 2)}
    key = kohya(ATTENTION)
    tensors = {f"{key}.hada_w{number}_{side}": t[number] for number in (1, 2) for side, t in (("a", a), ("b", b))}
    found["LoHa"] = Case(ATTENTION, {**tensors, f"{key}.alpha": alpha}, same((a[1] @ b[1]) * (a[2] @ b[2]) * 0.5))

    core = {number: values(f"t{number}", 4, 4, 3, 3) for number in (1, 2)}
    a = {number: values(f"ca{number}", 4, 64) for number in (1, 2)}
    tensors = {
        f"{convolution}.hada_w{number}_{side}": t[number] for number in (1, 2) for side, t in (("a", a), ("b", b))
    }
    tensors |= {f"{convolution}.hada_t{number}": core[number] for number in (1, 2)}
    factors = [
        torch.stack([torch.stack([a[n].T @ core[n][..., x, y] @ b[n] for y in range(3)], dim=-1) for x in range(3)], -2)
        for n in (1, 2)
    ]
    found["LoHa with a core"] = Case(CONVOLUTION, tensors, same(factors[0] * factors[1]))

    first, second = values("w1", 4, 8), values("w2", 8, 4)
    tensors = {f"{key}.lokr_w1": first, f"{key}.lokr_w2": second, f"{key}.alpha": alpha}
    blocks = torch.cat([torch.cat([first[o, i] * second for i in range(8)], dim=1) for o in range(4)])
    found["LoKr, whole factors"] = Case(ATTENTION, tensors, same(blocks))
    left, right = values("w2a", 8, 4), values("w2b", 4, 4)
    tensors = {f"{key}.lokr_w1": first, f"{key}.lokr_w2_a": left, f"{key}.lokr_w2_b": right, f"{key}.alpha": alpha}
    blocks = torch.cat([torch.cat([first[o, i] * (left @ right) for i in range(8)], dim=1) for o in range(4)])
    found["LoKr"] = Case(ATTENTION, tensors, same(blocks * 0.5))

    whole = values("diff", 64, 32, 3, 3)
    found["a whole difference"] = Case(CONVOLUTION, {f"{convolution}.diff": whole}, same(whole))
    found["a norm"] = Case(
        "input_blocks.4.0.in_layers.0",
        {"lora_unet_down_blocks_1_resnets_0_norm1.w_norm": whole[0, :, 0, 0]},
        same(whole[0, :, 0, 0]),
    )

    def decomposed(weight: Tensor) -> Tensor:
        rows = [m * row / row.square().sum().sqrt() for m, row in zip(magnitude, weight + plain, strict=True)]
        return torch.stack(rows) - weight

    magnitude = values("dora", 32, scale=1.0)
    tensors = {f"{key}.lora_up.weight": up, f"{key}.lora_down.weight": down, f"{key}.dora_scale": magnitude[:, None]}
    found["DoRA"] = Case(ATTENTION, tensors, decomposed)
    of_convolution = {**tensors, f"{key}.dora_scale": magnitude[:, None, None, None]}
    found["DoRA, as of a convolution"] = Case(ATTENTION, of_convolution, decomposed)
    tensors = {
        f"{unet}.lora_B.weight": up,
        f"{unet}.lora_A.weight": down,
        f"{unet}.lora_magnitude_vector": magnitude,
    }
    found["DoRA in PEFT"] = Case(ATTENTION, tensors, decomposed)

    def by_input(weight: Tensor) -> Tensor:
        return (
            torch.stack(
                [m * row / row.square().sum().sqrt() for m, row in zip(magnitude, (weight + plain).T, strict=True)],
                dim=1,
            )
            - weight
        )

    tensors = {f"{key}.lora_up.weight": up, f"{key}.lora_down.weight": down, f"{key}.dora_scale": magnitude[None]}
    found["DoRA by inputs"] = Case(ATTENTION, tensors, by_input)
    return found


CASES = cases()
