"""Tests of the Python module: python3 -m unittest test_tal

They run the program that comes with the installed package, or the one that TAL_PROGRAM names.
"""

import importlib.util
import json
import math
import os
import tempfile
import unittest
from pathlib import Path

import tal


class ModuleTests(unittest.TestCase):
    """One small world of generated videos, with features and a head trained on them."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.world = cls.root / "world"
        tal.run(
            "generate", "demo", "--out", cls.world, "--train", "2", "--validation", "1", "--test", "1", "--seconds", "6",
            "--size", "32", "--quiet",
        )
        cls.annotations = cls.world / "annotations.json"
        cls.store = cls.root / "features.h5"
        cls.returned = tal.extract(cls.world / "videos", cls.store, encoder="svilm-tiny", threads=1)
        cls.model = cls.root / "run"
        tal.run(
            "train", "--config", "actionformer-demo", "--features", cls.store, "--annotations", cls.annotations, "--out",
            cls.model, "--set", "training.epochs=1", "--set", "training.warmup_epochs=1", "--quiet",
        )

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def test_extract_returns_the_store(self) -> None:
        self.assertEqual(self.returned, os.fspath(self.store))
        self.assertTrue(self.store.is_file())

    def test_read_features(self) -> None:
        features = tal.read_features(self.store)
        self.assertEqual(sorted(features), ["test_0000", "train_0000", "train_0001", "validation_0000"])
        for rows in features.values():
            self.assertGreater(len(rows), 0)
            self.assertEqual({len(row) for row in rows}, {len(rows[0])})
            self.assertTrue(all(math.isfinite(value) for row in rows for value in row))
        if importlib.util.find_spec("numpy"):
            self.assertEqual(features["test_0000"].dtype.name, "float32")

    def test_features_without_numpy_are_the_same(self) -> None:
        arrays = self.root / "arrays"
        tal.run("inspect", self.store, "--npy", arrays)
        features = tal.read_features(self.store)
        for video, rows in features.items():
            plain = tal._plain_npy(arrays / f"{video}.npy")
            self.assertEqual([list(row) for row in plain], [[float(value) for value in row] for row in rows])

    def test_detect_in_features(self) -> None:
        found = tal.detect(model=self.model, features=self.store, annotations=self.annotations, subset="test")
        self.assertEqual(list(found), ["test_0000"])
        self.assertGreater(len(found["test_0000"]), 0)
        scores = [action.score for action in found["test_0000"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        for action in found["test_0000"]:
            self.assertIsInstance(action, tal.Detection)
            self.assertLessEqual(0, action.start)
            self.assertLessEqual(action.start, action.end)
            self.assertTrue(action.label)

    def test_detect_in_a_video(self) -> None:
        found = tal.detect(self.world / "videos" / "test_0000.mp4", model=self.model, encoder="svilm-tiny")
        stored = tal.detect(model=self.model, features=self.store, annotations=self.annotations, subset="test")
        self.assertEqual(list(found), list(stored))
        # Rounding depends on how many clips are encoded together.
        for direct, kept in zip(found["test_0000"][:10], stored["test_0000"][:10]):
            self.assertEqual(direct.label, kept.label)
            for one, other in zip(direct[1:], kept[1:]):
                self.assertAlmostEqual(one, other, places=2)

    def test_evaluate(self) -> None:
        truth = json.loads(self.annotations.read_text())["database"]["test_0000"]["annotations"]
        perfect = self.root / "perfect.json"
        perfect.write_text(
            json.dumps(
                {"results": {"test_0000": [dict(item, score=0.9 - 0.01 * index) for index, item in enumerate(truth)]}}
            )
        )
        result = tal.evaluate(self.annotations, perfect, protocol="demo")
        self.assertEqual(result["average_map"], 1)
        self.assertEqual(
            tal.evaluate(self.annotations, perfect, protocol="demo", subset="test")["average_map"], 1
        )

    def test_errors(self) -> None:
        with self.assertRaises(tal.TalError) as raised:
            tal.extract(self.root / "none.mp4", self.root / "other.h5")
        self.assertEqual(raised.exception.status, 1)
        self.assertIn("none.mp4", raised.exception.message)
        with self.assertRaises(tal.TalError) as raised:
            tal.extract(self.world / "videos", self.root / "other.h5", no_such_option=3)
        self.assertEqual(raised.exception.status, 2)
        self.assertIn("--no-such-option", raised.exception.message)
        self.assertEqual(tal.run("doctor", "--no-such", check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
