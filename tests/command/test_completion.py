"""What shells complete."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pixplot_steps import cli
from pixplot_steps.command import flags


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_command_and_flag_is_known(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert [name for name in cli.COMMANDS if name not in text] == []
    assert [flag.dest for flag in flags.FLAGS if (f"--{flag.dest}" if shell != "fish" else f"-l {flag.dest}") not in text] == []


def test_the_shell_takes_it(shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    cli.main(["completion", shell])
    (tmp_path / "file").write_text(capsys.readouterr().out)
    subprocess.run([shell, "-n", str(tmp_path / "file")], check=True)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["pixplot", "ver"], ["verify"]),
        (["pixplot", "--min_c"], ["--min_cluster_size"]),
        (["pixplot", "--seed", "1", "--min_c"], ["--min_cluster_size"]),
        (["pixplot", "build", "--dry"], ["--dry_run"]),
        (["pixplot", "export", "vik"], ["vikus"]),
        (["pixplot", "step", "neigh"], ["neighbours"]),
        (["pixplot", "publish", "--pr"], ["--prune"]),
    ],
)
def test_bash_completes(words: list[str], wanted: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    cli.main(["completion", "bash"])
    (tmp_path / "file").write_text(capsys.readouterr().out)
    quoted = " ".join(f"'{word}'" for word in words)
    script = f"source ./file; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _pixplot; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == wanted
