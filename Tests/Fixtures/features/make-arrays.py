"""Makes small files of arrays as others publish their features; needs numpy and h5py.

Usage: python make-arrays.py FOLDER
"""

import pickle
import sys

import h5py
import numpy

folder = sys.argv[1]
values = numpy.arange(12, dtype="f4").reshape(4, 3) / 8

numpy.savez(f"{folder}/one.npz", feats=values)
numpy.savez_compressed(f"{folder}/several.npz", features=values.astype("f2"), labels=numpy.arange(5))
numpy.savez(f"{folder}/unclear.npz", a=values, b=values)
for protocol in (2, 4, 5):
    with open(f"{folder}/array-{protocol}.pkl", "wb") as file:
        pickle.dump(values, file, protocol=protocol)
with open(f"{folder}/turned.pkl", "wb") as file:
    pickle.dump(numpy.asfortranarray(values.astype(">f8")), file)
with open(f"{folder}/dictionary.pkl", "wb") as file:
    pickle.dump({"video": "v", "fps": numpy.float32(25), "features": values, "labels": numpy.arange(3)}, file)
with open(f"{folder}/objects.pkl", "wb") as file:
    pickle.dump(numpy.array([{"a": 1}, None], dtype=object), file)


class Call:
    def __reduce__(self):
        return (print, ("run by a pickle",))


with open(f"{folder}/call.pkl", "wb") as file:
    pickle.dump({"features": values, "other": Call()}, file)

videos = {"a": 4, "b": 6, "c": 5}


def array(length):
    return (numpy.arange(length * 3, dtype="f4") / 8).reshape(length, 3)


with h5py.File(f"{folder}/flat.h5", "w") as file:
    for video, length in videos.items():
        file[video] = array(length)
with h5py.File(f"{folder}/links.h5", "w") as file:
    for video, length in videos.items():
        file[video] = array(length)
    file["d"] = h5py.SoftLink("/a")
    file["e"] = h5py.ExternalLink("flat.h5", "/a")
with h5py.File(f"{folder}/turned.h5", "w") as file:
    for video, length in videos.items():
        file[video] = array(length).T
with h5py.File(f"{folder}/groups.h5", "w") as file:
    for video, length in videos.items():
        file[f"v_{video}/c3d_features"] = array(length).astype("f8")
with h5py.File(f"{folder}/nested.h5", "w") as file:
    for video, length in videos.items():
        file.create_dataset(f"rgb/{video}", data=array(length).astype("f2"), compression="gzip")
with h5py.File(f"{folder}/bomb.h5", "w") as file:
    file.create_dataset("a", shape=(17 << 12, 1 << 10), dtype="f4", chunks=(1 << 12, 1 << 10), compression="gzip")
    for start in range(0, 17 << 12, 1 << 12):
        file["a"][start : start + (1 << 12)] = 0
