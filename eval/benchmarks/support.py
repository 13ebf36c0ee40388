"""What the comparisons share: finding the programs, running them in turn, printing ratios. Standard library only."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment():
    """The environment of every timed process: the matrix library chooses its kernels by itself."""
    return {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}


def tal():
    """The release build, or the program that TAL names."""
    program = Path(os.environ.get("TAL", ROOT / ".build/release/tal"))
    if not program.exists():
        sys.exit(f"{program}: missing; run swift build -c release, or set TAL")
    return str(program)


def peer_python(packages):
    """A Python with the given packages (import name: name on PyPI): that of TAL_BENCH_PYTHON, or a temporary one."""
    chosen = os.environ.get("TAL_BENCH_PYTHON")
    if not chosen:
        folder = Path(tempfile.gettempdir()) / "tal-benchmark-environment"
        chosen = str(folder / "bin/python")
        if not Path(chosen).exists():
            venv.create(folder, with_pip=True)
    missing = [name for name in packages if not can_import(chosen, name)]
    if missing and os.environ.get("TAL_BENCH_PYTHON"):
        print(f"{chosen} lacks {', '.join(missing)}: those peers are skipped", file=sys.stderr)
    elif missing:
        wanted = [packages[name] for name in missing]
        subprocess.run([chosen, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return chosen


def can_import(python, name):
    code = f"import importlib.util as u, sys; sys.exit(u.find_spec({name!r}) is None)"
    return subprocess.run([python, "-c", code]).returncode == 0


def run_json(command):
    """Runs a program that writes one JSON object to the path given in place of '{json}'."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        command = [str(path) if part == "{json}" else part for part in command]
        done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
        return json.loads(path.read_text())


def seconds_of(command):
    """Wall time of a whole process."""
    import time

    begin = time.perf_counter()
    done = subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    taken = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return taken


def in_turn(contestants, rounds):
    """Figures of each contestant, all taken once a round. `contestants` maps names to functions that give a figure."""
    figures = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            figures[name].append(measure())
            print(f"  {name}: {figures[name][-1]:.4g}", file=sys.stderr, flush=True)
    return figures


def report(title, figures, unit, higher_is_better=True):
    """Prints minimum, median and maximum of each contestant, and the ratio of the first to each of the others (above 1 is
    better for the first), with its minimum and maximum over the rounds."""
    print(f"\n{title} ({unit})")
    ours = next(iter(figures))
    for name, values in figures.items():
        line = f"  {name:<28} {statistics.median(values):9.3f}   ({min(values):.3f} to {max(values):.3f})"
        if name != ours:
            pairs = [(a / b if higher_is_better else b / a) for a, b in zip(figures[ours], values)]
            middle = statistics.median(figures[ours]) / statistics.median(values)
            middle = middle if higher_is_better else 1 / middle
            line += f"   ratio {middle:.2f} ({min(pairs):.2f} to {max(pairs):.2f})"
        print(line, flush=True)


def arguments(description, rounds=3):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=rounds, help="how often all contestants are measured in turn")
    return parser
