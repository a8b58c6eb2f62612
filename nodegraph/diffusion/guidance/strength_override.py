"""Another strength of guidance on a part of the way."""

from dataclasses import dataclass

from nodegraph.diffusion.model_sampling import ModelSampling


@dataclass(frozen=True, slots=True)
class StrengthOverride:
    """An option of a model: ``cfg`` in place of the guider's between two shares of the way from noise to picture."""

    cfg: float
    start_percent: float
    end_percent: float

    def holds(self, sigma: float, sampling: ModelSampling) -> bool:
        """Whether it is in force at that level."""
        return sampling.percent_to_sigma(self.end_percent) <= sigma <= sampling.percent_to_sigma(self.start_percent)
