"""Find which actions happen in untrimmed video, and when.

Each function runs the ``tal`` program that comes with this package and reads what it wrote.
``python -m tal`` and the console script ``tal`` are the program itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, NoReturn, Optional, Sequence, Union

__all__ = ["Detection", "TalError", "detect", "evaluate", "extract", "main", "program", "read_features", "run"]

PathLike = Union[str, "os.PathLike[str]"]


class TalError(Exception):
    """The program ended with an error.

    Attributes:
        status: its exit status: 1 nothing usable done, 2 wrong usage, 3 done but some items failed.
        message: what it said.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message or f"tal ended with status {status}")
        self.status = status
        self.message = message


class Detection(NamedTuple):
    """An action: its label, its score, and its start and end in seconds."""

    label: str
    score: float
    start: float
    end: float


def program() -> str:
    """The path of the program: what ``TAL_PROGRAM`` names, else the one that comes with this package, else one on the path."""
    bundled = Path(__file__).parent / "bin" / "tal"
    given = os.environ.get("TAL_PROGRAM")
    if given:
        return given
    return str(bundled) if bundled.exists() else "tal"


def run(*arguments: PathLike, check: bool = True) -> "subprocess.CompletedProcess[str]":
    """Runs the program and returns what it printed.

    Raises:
        TalError: if it ends with another status than 0 and ``check`` is true.
    """
    done = subprocess.run(
        [program(), *(os.fspath(argument) for argument in arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if check and done.returncode != 0:
        raise TalError(done.returncode, done.stderr.strip())
    return done


def _list(paths: Union[PathLike, Sequence[PathLike]]) -> List[PathLike]:
    return [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)


def _options(**values: Any) -> List[str]:
    """Options of the program from keyword arguments; None and False leave one out, True gives a flag."""
    arguments: List[str] = []
    for name, value in values.items():
        for single in value if isinstance(value, (list, tuple)) else [value]:
            if single is None or single is False:
                continue
            arguments.append("--" + name.rstrip("_").replace("_", "-"))
            if single is not True:
                arguments.append(os.fspath(single) if isinstance(single, os.PathLike) else str(single))
    return arguments


def extract(
    videos: Union[PathLike, Sequence[PathLike]],
    out: PathLike,
    *,
    encoder: PathLike = "svilm-tiny",
    weights: Optional[PathLike] = None,
    protocol: Optional[PathLike] = None,
    **options: Any,
) -> str:
    """Computes the features of videos, and returns the path of the store.

    Args:
        videos: a video, a folder of videos, or several of these.
        out: the feature store (HDF5); videos that it holds are skipped.
        encoder: a name or a configuration file.
        options: further options of ``tal extract``, such as ``threads=4`` or ``fps=25``.
    """
    given = _options(encoder=encoder, weights=weights, protocol=protocol, out=out, **options)
    run("extract", *given, "--quiet", "--", *_list(videos))
    return os.fspath(out)


def detect(
    videos: Optional[Union[PathLike, Sequence[PathLike]]] = None,
    *,
    model: PathLike,
    features: Optional[Union[PathLike, Sequence[PathLike]]] = None,
    **options: Any,
) -> Dict[str, List[Detection]]:
    """The actions in videos or in stored features, by the id of the video, the highest score first.

    Args:
        videos: a video or several, where the run holds its encoder or ``encoder`` names one.
        model: the folder of a trained head.
        features: a feature store or several, in place of videos.
        options: further options of ``tal detect``, such as ``subset="test"``.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "detections.json")
        sources = None if features is None else _list(features)
        given = _options(model=model, features=sources, out=out, **options)
        run("detect", *given, "--quiet", "--", *([] if videos is None else _list(videos)))
        with open(out, encoding="utf-8") as file:
            results = json.load(file)["results"]
    return {
        video: [
            Detection(item["label"], float(item["score"]), float(item["segment"][0]), float(item["segment"][1]))
            for item in items
        ]
        for video, items in results.items()
    }


def evaluate(
    ground_truth: PathLike, predictions: PathLike, *, protocol: PathLike = "activitynet-1.3", **options: Any
) -> Dict[str, Any]:
    """The result of ``tal evaluate`` as its JSON says it; ``average_map`` is the usual figure.

    Args:
        ground_truth: annotations in any format that the program reads.
        predictions: detections in the ActivityNet results layout.
        protocol: a name or a file.
        options: further options, such as ``bootstrap=1000``.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "result.json")
        given = _options(
            ground_truth=ground_truth, predictions=predictions, protocol=protocol, json=out, **options
        )
        run("evaluate", *given, "--quiet")
        with open(out, encoding="utf-8") as file:
            result: Dict[str, Any] = json.load(file)
    return result


def read_features(store: PathLike) -> Dict[str, Any]:
    """The features of every video of a store, by its id: ``[snippets, channels]`` in float32.

    They are numpy arrays where numpy is installed, else lists of ``array('f')``, one for each snippet.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "arrays")
        run("inspect", store, "--npy", out)
        return {
            file.relative_to(out).with_suffix("").as_posix(): _read_npy(file)
            for file in sorted(Path(out).rglob("*.npy"))
        }


def _read_npy(path: Path) -> Any:
    try:
        import numpy
    except ImportError:
        return _plain_npy(path)
    return numpy.load(path, allow_pickle=False)


def _plain_npy(path: Path) -> "List[array[float]]":
    """A two-dimensional little-endian float32 array in the npy format, versions 1 to 3."""
    import ast

    data = path.read_bytes()
    if data[:6] != b"\x93NUMPY":
        raise ValueError(f"{path}: no npy file")
    start, width = (10, 2) if data[6] == 1 else (12, 4)
    end = start + int.from_bytes(data[8 : 8 + width], "little")
    header = ast.literal_eval(data[start:end].decode("latin-1"))
    if header["descr"] != "<f4" or header["fortran_order"] or len(header["shape"]) != 2:
        raise ValueError(f"{path}: expected rows of float32, met {header}")
    rows, columns = header["shape"]
    values = array("f", data[end : end + 4 * rows * columns])
    if sys.byteorder == "big":
        values.byteswap()
    return [values[row * columns : (row + 1) * columns] for row in range(rows)]


def main() -> NoReturn:
    """Becomes the program, with the arguments of this process."""
    os.execv(program(), ["tal", *sys.argv[1:]])
