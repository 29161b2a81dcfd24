"""Docks one ligand, in a process of its own that may crash, hang or be killed without harm.

Run as ``python -m``. It reads one line of JSON, the job, and writes one line of JSON: ``affinity`` in
kcal/mol, or ``failure`` in words, or ``missing``, the package that is not installed.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

Job = Mapping[str, Any]

_WATCH_SECONDS = 0.5
_SHELL_SIGNS = frozenset("$`")


def main() -> None:
    """Answer one job."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the docking programs write to standard output, which belongs to the answer
    end_with_parent()
    job = json.loads(sys.stdin.readline())
    limit_processor_time(job["processor_seconds"])
    answers.write(json.dumps(answer(job)) + "\n")
    answers.close()


def end_with_parent() -> None:
    """Kill this process and all that it started as soon as its parent is gone, in whatever way it ended.

    It has to lead a process group of its own. A docking library that keeps Python waiting is only ended by
    its processor time.
    """
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os.killpg(os.getpid(), signal.SIGKILL)


def limit_processor_time(seconds: int) -> None:
    """End this process, and each that it starts, after so much work, also where nobody is left to kill it."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def answer(job: Job) -> dict[str, Any]:
    """Dock, and put into words what prevents it.

    Raises:
        OSError: The machine prevented it, as by a full disk: of the ligand that says nothing.
        MemoryError: Likewise.
    """
    try:
        return {"affinity": _BACKENDS[job["backend"]](job)}
    except ModuleNotFoundError as error:
        return {"missing": str(error.name)}
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a docking program raises is the reason why it failed
        return {"failure": f"{str(error).strip() or 'no reason given'} ({type(error).__name__})"}


def _dock_by_vina(job: Job) -> float:
    from dockstring import load_target
    from dockstring.utils import parse_search_box_conf
    from vina import Vina

    target = load_target(job["target"])
    box = parse_search_box_conf(target.conf_path)
    program = Vina(sf_name="vina", cpu=job["threads"], seed=job["seed"] % 2**31, verbosity=0)
    program.set_receptor(str(target.pdbqt_path))
    program.set_ligand_from_string(_pdbqt(job["smiles"], job["seed"]))
    program.compute_vina_maps(
        center=[box[f"center_{axis}"] for axis in "xyz"], box_size=[box[f"size_{axis}"] for axis in "xyz"]
    )
    program.dock(exhaustiveness=job["exhaustiveness"], n_poses=1)
    energies = program.energies(n_poses=1)
    if len(energies) == 0:
        raise ValueError("Vina found no pose")
    return float(energies[0][0])


def _pdbqt(smiles: str, seed: int) -> str:
    """Prepare a ligand as dockstring does, but for the protonation, with Meeko in Open Babel's place."""
    from dockstring import utils
    from meeko import MoleculePreparation, PDBQTWriterLegacy

    ligand = utils.sanitize_mol(utils.smiles_to_mol(smiles))
    utils.check_mol(ligand)
    ligand = utils.refine_mol_with_ff(utils.embed_mol(ligand, seed=seed))
    (setup,) = MoleculePreparation().prepare(ligand)
    text, is_written, reason = PDBQTWriterLegacy.write_string(setup)
    if not is_written:
        raise ValueError(f"Meeko cannot prepare it: {reason}")
    return str(text)


def _dock_by_dockstring(job: Job) -> float:
    from dockstring import load_target

    if shutil.which("obabel") is None:
        raise ModuleNotFoundError("there is no program obabel", name="openbabel")
    if _SHELL_SIGNS & set(job["smiles"]):
        # dockstring puts the string into a shell command, where these signs would run what follows them.
        raise ValueError("dockstring cannot take quadruple bonds")
    score, _ = load_target(job["target"]).dock(job["smiles"], num_cpus=job["threads"], seed=job["seed"])
    if score is None:
        raise ValueError("AutoDock Vina found no pose")
    return float(score)


_BACKENDS: Mapping[str, Callable[[Job], float]] = {"vina": _dock_by_vina, "dockstring": _dock_by_dockstring}


if __name__ == "__main__":
    main()
