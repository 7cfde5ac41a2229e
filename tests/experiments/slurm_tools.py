"""A SLURM of one node for tests: munged, slurmctld and slurmd in a folder, on loopback, as root, without systemd."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "sinfo", "scontrol", "setpriv")
CPUS = 4

CONF = """
ClusterName=test
SlurmctldHost={name}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort={port}
SlurmdPort={slurmd_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CryptoType=crypto/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
# no cgroups and no systemd are needed
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
# several jobs of one processor at once; memory never blocks
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=bf_interval=2,sched_interval=2,batch_sched_delay=1
KillWait=5
ReturnToService=2
NodeName={name} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=64000 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def lacking() -> str:
    """Return why there can be no SLURM here; empty when there can."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    absent = [name for name in PROGRAMS if shutil.which(name, path=path) is None]
    if absent:
        return f"not installed: {', '.join(absent)} (slurm-wlm, munge)"
    return "" if os.geteuid() == 0 else "SLURM in a folder needs root"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def slurm() -> Iterator[dict[str, str]]:
    """Start a SLURM, give the environment in which its commands work, and stop it."""
    folder = Path(tempfile.mkdtemp(prefix="krimpsim-slurm-"))
    folder.chmod(0o755)  # munged wants to reach its socket as its own user
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": path}
    name = socket.gethostname().partition(".")[0]
    for sub in ("state", "spool", "munge"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    key = folder / "munge" / "key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    for one in (folder / "munge", key):
        shutil.chown(one, "munge", "munge")
    folder.joinpath("munge").chmod(0o755)
    ports = {"port": free_port(), "slurmd_port": free_port()}
    (folder / "slurm.conf").write_text(CONF.format(folder=folder, name=name, cpus=CPUS, **ports))
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> None:
        log = (folder / f"{len(started)}.out").open("wb")
        started.append(subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True))

    try:
        munge = folder / "munge"
        start(
            "setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", "munged", "--foreground", "--force",
            f"--socket={munge}/socket", f"--key-file={munge}/key", f"--pid-file={munge}/pid",
            f"--log-file={munge}/log", f"--seed-file={munge}/seed",
        )  # fmt: skip
        wait_for(lambda: (munge / "socket").exists(), folder)
        start("slurmctld", "-D", "-i")
        start("slurmd", "-D", "-N", name)
        wait_for(lambda: "idle" in said(environment, "sinfo", "-h", "-o", "%T"), folder)
        yield environment
    finally:
        if started[1:]:
            said(environment, "scancel", "--user=root")
            with_patience = time.monotonic() + 10
            while said(environment, "squeue", "-h") and time.monotonic() < with_patience:
                time.sleep(0.2)
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def said(environment: dict[str, str], *words: str) -> str:
    """Return what a command prints; empty when it fails."""
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def wait_for(what: object, folder: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():  # type: ignore[operator]
            return
        time.sleep(0.1)
    logs = "\n".join(f"{log}: {log.read_text(errors='replace')[-1500:]}" for log in sorted(folder.rglob("*.[lo][ou]*")))
    raise AssertionError(f"SLURM did not come up\n{logs}")
