"""A real SLURM on this one machine: several nodes, each a daemon of its own, with or without accounting. For tests, on Debian, as root.

Nodes have as many processors and as much memory as they are told; nothing enforces that. Every daemon belongs to a folder, and is stopped
by what stands in that folder's .pid files.

    python tests/slurm/cluster.py install
    python tests/slurm/cluster.py up FOLDER [--accounting]
    python tests/slurm/cluster.py down FOLDER
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NODES = 3
PROCESSORS = 4
MEMORY = 30_000
"""Of each node, in MiB."""

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
ACCOUNTING_PACKAGES = ("slurmdbd", "mariadb-server")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "munged")
ACCOUNTING_PROGRAMS = ("slurmdbd", "sacctmgr", "mariadbd", "mariadb-install-db")

FIXED = Path("/etc/slurm/slurm.conf")
"""Where programs look for the configuration: the plugin takes the variable SLURM_CONF away from jobs."""

# Jobs of a lost node wait for their credentials to expire (cred_expire) before they start again.
_CONFIGURATION = """\
ClusterName=pixplot
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=16817
AuthType=auth/munge
AuthInfo=socket={folder}/munge/munge.socket,cred_expire=10
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/none
ReturnToService=1
MinJobAge=3600
KillWait=2
SlurmdTimeout=60
DefMemPerCPU=500
SlurmdParameters=config_overrides
NodeName=n[1-{nodes}] NodeHostname={host} NodeAddr=127.0.0.1 Port=[17001-{last_port}] CPUs={processors} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""

_WITHOUT = "AccountingStorageType=accounting_storage/none\n"
# Beside munge, the "password" is where its socket lies.
_WITH = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort=16819
AccountingStoragePass={folder}/munge/munge.socket
"""

_ACCOUNTING = """\
AuthType=auth/munge
AuthInfo=socket={folder}/munge/munge.socket
DbdHost=localhost
DbdPort=16819
SlurmUser=root
LogFile={folder}/log/slurmdbd.log
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass={password}
StorageLoc=slurm_acct_db
"""


class UnavailableError(Exception):
    """There can be no SLURM here; the text says why."""


@dataclass(frozen=True)
class Cluster:
    """The cluster of a folder; `accounting`: with a database of its jobs."""

    folder: Path
    accounting: bool = False

    def up(self) -> None:
        """Start all daemons and wait until every node is idle. Raises UnavailableError; then nothing is left running."""
        check(accounting=self.accounting)
        try:
            self._start()
        except BaseException:
            self.down()
            raise

    def _start(self) -> None:
        for name in ("munge", "state", "log", *(f"spool/n{i + 1}" for i in range(NODES))):
            (self.folder / name).mkdir(parents=True)
        for path in (self.folder, self.folder / "munge"):
            path.chmod(0o755)
        self._start_munge()
        values = {"host": socket.gethostname().partition(".")[0], "nodes": NODES, "processors": PROCESSORS, "memory": MEMORY}
        form = _CONFIGURATION + (_WITH if self.accounting else _WITHOUT)
        text = form.format(folder=self.folder, last_port=17000 + NODES, **values)
        (self.folder / "slurm.conf").write_text(text, "utf-8")
        FIXED.parent.mkdir(exist_ok=True)
        FIXED.symlink_to(self.folder / "slurm.conf")
        if self.accounting:
            self._start_accounting()
        run("slurmctld", "-c")
        for i in range(NODES):
            run("slurmd", "-N", f"n{i + 1}")
        _until(lambda: len(run("sinfo", "--noheader", "--Node", "--states=idle").split("\n")) > NODES, "all nodes are idle")

    def _start_munge(self) -> None:
        folder = self.folder / "munge"
        key = folder / "munge.key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)
        flags = {"key-file": key, "socket": folder / "munge.socket", "pid-file": self.folder / "munged.pid"}
        flags |= {"log-file": folder / "munged.log", "seed-file": folder / "munged.seed"}
        run("munged", *(f"--{name}={path}" for name, path in flags.items()))

    def _start_accounting(self) -> None:
        data, at = self.folder / "mysql", self.folder / "mysql.socket"
        install = ("--no-defaults", "--user=root", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db")
        run("mariadb-install-db", *install)
        flags = ("--no-defaults", "--user=root", f"--datadir={data}", f"--socket={at}", f"--pid-file={self.folder / 'mariadbd.pid'}")
        # Through a shell that ends at once: unlike SLURM's own daemons this one stays with whoever starts it.
        log = self.folder / "log/mariadbd.log"
        shell = ("sh", "-c", 'log="$1"; shift; exec setsid "$@" > "$log" 2>&1 &', "sh", str(log))
        run(*shell, "mariadbd", *flags, "--skip-networking", "--innodb-buffer-pool-size=64M")
        _until(at.exists, "the database is up")
        password = secrets.token_hex(16)
        user = f"create user 'slurm'@'localhost' identified by '{password}'; grant all on slurm_acct_db.* to 'slurm'@'localhost'"
        run("mariadb", "--no-defaults", "-S", str(at), "-e", f"create database slurm_acct_db; {user}")
        configuration = self.folder / "slurmdbd.conf"
        configuration.write_text(_ACCOUNTING.format(folder=self.folder, password=password), "utf-8")
        configuration.chmod(0o600)
        run("slurmdbd", environment={"MYSQL_UNIX_PORT": str(at), "SLURM_CONF": str(self.folder / "slurm.conf")})
        _until(lambda: "pixplot" in run("sacctmgr", "-i", "add", "cluster", "pixplot", fail=False) + _clusters(), "accounting is up")

    def down(self) -> None:
        """Stop every daemon that stands in a .pid file of the folder, and wait until it has ended."""
        if FIXED.is_symlink() and FIXED.readlink() == self.folder / "slurm.conf":
            if shutil.which("scancel"):
                run("scancel", "--user=root", fail=False)
            FIXED.unlink()
        # The database last: what writes to it goes first.
        files = sorted(self.folder.glob("*.pid"), key=lambda path: (path.name == "mariadbd.pid", path.name == "slurmdbd.pid"))
        for path in files:
            _end(path)


def check(*, accounting: bool = False) -> None:
    """Raise UnavailableError where such a cluster cannot be started."""
    if os.geteuid():
        raise UnavailableError("only root can start SLURM's daemons here")
    programs = PROGRAMS + (ACCOUNTING_PROGRAMS if accounting else ())
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        raise UnavailableError(f"not installed: {', '.join(missing)} (python tests/slurm/cluster.py install)")
    if FIXED.exists() or FIXED.is_symlink():
        raise UnavailableError(f"this machine has a SLURM already: {FIXED}")


def run(*command: str, fail: bool = True, environment: dict[str, str] | None = None) -> str:
    """What a program says, both streams. Raises UnavailableError where it fails or takes more than half a minute."""
    try:
        # Daemons keep their streams, so a pipe would never end.
        with Path(os.devnull).open() as nothing, tempfile.TemporaryFile("w+") as said:
            code = subprocess.run(
                command, stdin=nothing, stdout=said, stderr=said, timeout=30, check=False, env={**os.environ, **(environment or {})}
            ).returncode
            said.seek(0)
            text = said.read()
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{command[0]}: {error}") from None
    if code and fail:
        raise UnavailableError(f"{' '.join(command)} ended with {code}: {text.strip()[-500:]}")
    return text


def install() -> None:
    """Install the packages where this is Debian and root runs it. Raises UnavailableError."""
    if os.geteuid() or not Path("/etc/debian_version").is_file():
        raise UnavailableError("packages are installed by root on Debian only")
    # No daemon starts by itself: the file is read by the packages' scripts.
    policy = Path("/usr/sbin/policy-rc.d")
    if not policy.exists():
        policy.write_text("#!/bin/sh\nexit 101\n", "utf-8")
        policy.chmod(0o755)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends", *PACKAGES, *ACCOUNTING_PACKAGES]
    try:
        subprocess.run(["apt-get", "update", "--quiet=2"], check=True, timeout=120, env=quiet)
        subprocess.run(command, check=True, timeout=300, env=quiet)
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(f"the packages cannot be installed: {error}") from None


def _clusters() -> str:
    return run("sacctmgr", "--noheader", "--parsable2", "show", "cluster", "format=cluster", fail=False)


def _until(reached: Callable[[], bool], what: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            raise UnavailableError(f"after {seconds:.0f} seconds it is not so that {what}")
        time.sleep(0.25)


def _end(path: Path) -> None:
    text = path.read_text("utf-8").strip()
    if not text.isdigit():
        return
    number = int(text)
    for kill in (signal.SIGTERM, signal.SIGKILL):
        end = time.monotonic() + 10
        while _alive(number) and time.monotonic() < end:
            try:
                os.kill(number, kill)
            except ProcessLookupError:
                return
            time.sleep(0.25)


def _alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def main() -> int:
    """The command line above."""
    parser = argparse.ArgumentParser(description="A SLURM of several nodes on this machine, for tests.")
    parser.add_argument("what", choices=("install", "up", "down"))
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--accounting", action="store_true")
    given = parser.parse_args()
    try:
        if given.what == "install":
            install()
        elif given.folder is None:
            parser.error("a folder is needed")
        elif given.what == "up":
            Cluster(given.folder.absolute(), given.accounting).up()
        else:
            Cluster(given.folder.absolute()).down()
    except UnavailableError as error:
        print(f"no SLURM here: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
