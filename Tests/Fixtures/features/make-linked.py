"""Makes stores of format version 1 whose links or values lead out of the file; needs h5py.

Usage: python make-linked.py FOLDER
"""

import sys

import h5py
import numpy

folder = sys.argv[1]


def store(name):
    file = h5py.File(f"{folder}/{name}.h5", "w", libver=("v110", "v110"))
    text = lambda value: numpy.bytes_(value)
    file.attrs.update(format_version=2, encoder=text("e"), encoder_config=text("{}"), weights_sha256=text("aa"))
    return file


def describe(group):
    group.attrs.update(fps_numerator=30, fps_denominator=1, stride_frames=4.0, window_frames=16.0, complete=1)


values = numpy.arange(12, dtype="f4").reshape(4, 3)

with store("soft-videos") as file:
    file.create_group("elsewhere")
    file["videos"] = h5py.SoftLink("/elsewhere")

with store("soft-video") as file:
    describe(file.create_group("other"))
    file["other"].create_dataset("features", data=values)
    file.create_group("videos")["v"] = h5py.SoftLink("/other")

with store("external-video") as file:
    file.create_group("videos")["v"] = h5py.ExternalLink("store-1.h5", "/videos")

with store("external-features") as file:
    describe(file.create_group("videos/v"))
    file["videos/v"]["features"] = h5py.ExternalLink("store-1.h5", "/videos")

with store("virtual") as file:
    describe(file.create_group("videos/v"))
    layout = h5py.VirtualLayout(shape=(4, 3), dtype="f4")
    layout[:] = h5py.VirtualSource("secret.h5", "features", shape=(4, 3))
    file["videos/v"].create_virtual_dataset("features", layout)

with store("external-storage") as file:
    describe(file.create_group("videos/v"))
    file["videos/v"].create_dataset("features", shape=(4, 3), dtype="f4", external=[("make-linked.py", 0, 48)])
