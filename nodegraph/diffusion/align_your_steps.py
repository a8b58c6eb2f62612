"""Align Your Steps: noise levels that were optimised for three families of models.

Reference: Sabour et al. 2024, "Align Your Steps: Optimizing Sampling Schedules in Diffusion Models"; the tables are
those its authors publish at research.nvidia.com/labs/toronto-ai/AlignYourSteps.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from nodegraph.diffusion.steps import FULL_DENOISE, NOTHING

Family = Literal["SD1", "SDXL", "SVD"]

TABLES: Mapping[Family, tuple[float, ...]] = MappingProxyType(
    {
        "SD1": (
            *(14.6146412293, 6.4745760956, 3.8636745985, 2.6946151520, 1.8841921177, 1.3943805092),
            *(0.9642583904, 0.6523686016, 0.3977456272, 0.1515232662, 0.0291671582),
        ),
        "SDXL": (
            *(14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141),
            *(0.5550693289, 0.3798540708, 0.2332364134, 0.1114188177, 0.0291671582),
        ),
        "SVD": (700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002),
    }
)


def sigmas(family: Family, steps: int, *, denoise: float = 1.0) -> Tensor:
    """``steps`` + 1 levels, float32, the last of them 0; with ``denoise`` < 1 the last part of them.

    Other numbers of steps than ten are interpolated, evenly in the number and in log σ.
    """
    kept = steps if denoise > FULL_DENOISE else round(steps * denoise)
    if kept <= 0:
        return NOTHING
    table = np.log(TABLES[family])
    places = np.linspace(0, 1, steps + 1)
    levels = np.exp(np.interp(places, np.linspace(0, 1, len(table)), table))[-(kept + 1) :]
    levels[-1] = 0.0
    return torch.from_numpy(levels).float()
