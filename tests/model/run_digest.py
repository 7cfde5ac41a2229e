"""Prints the digests of one run.  Started by the tests in processes of their own, in other modes of the compiler.

Usage: ``run_digest.py CONFIG_JSON [PROFILE_NPZ]``; with a profile, the long table of need is read and not computed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]


def main() -> None:
    import numpy as np
    from model_tools import digest

    from krimpsim.config.run import RunConfig
    from krimpsim.population import world
    from krimpsim.population.need_profile import NeedProfile
    from krimpsim.run import simulate

    if len(sys.argv) > 2:
        stored = np.load(sys.argv[2])
        profile = NeedProfile(stored["share"], stored["normaliser"])
        world.need_profile = lambda config, tables, rates: profile
    config = RunConfig.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(digest(simulate(config, 0))))  # noqa: T201


if __name__ == "__main__":
    main()
