"""What a dose distribution does to a structure, in the numbers of dose-volume histograms.

Everything is computed on the voxels of the dose grid, which all have the same volume.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from statistics import fmean


class StructureDose:
    """The doses of the voxels of one structure.

    Args:
        doses: One dose in Gy per voxel, in any order.

    Raises:
        ValueError: There is no voxel.
    """

    def __init__(self, doses: Sequence[float]) -> None:
        if not doses:
            raise ValueError("a structure without voxels has no dose")
        self._sorted = sorted(doses)

    @property
    def mean(self) -> float:
        """Mean dose in Gy."""
        return fmean(self._sorted)

    @property
    def maximum(self) -> float:
        """Highest dose of a voxel in Gy."""
        return self._sorted[-1]

    def dose_to(self, percent: float) -> float:
        """The dose in Gy that the hottest ``percent`` of the volume get at least, known as D95 or D5.

        Between two voxels it is interpolated linearly.
        """
        place = (len(self._sorted) - 1) * (1 - percent / 100)
        below, share = math.floor(place), place - math.floor(place)
        lower, upper = self._sorted[below], self._sorted[min(below + 1, len(self._sorted) - 1)]
        return lower + share * (upper - lower)

    def volume_at(self, dose: float) -> float:
        """The share of the volume, in percent, that gets at least a dose in Gy."""
        return 100 * (1 - bisect.bisect_left(self._sorted, dose) / len(self._sorted))

    def curve(self, doses: Sequence[float]) -> list[float]:
        """The cumulative dose-volume histogram: :meth:`volume_at` for each of some doses."""
        return [self.volume_at(dose) for dose in doses]
