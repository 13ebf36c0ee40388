#!/usr/bin/env python3
"""Writes a wheel: wheel.py --version V --tag T --package FOLDER --licences FOLDER --readme FILE --out FILE

Needs nothing but Python. The same input gives the same bytes (SOURCE_DATE_EPOCH).
"""

import argparse
import base64
import hashlib
import os
import time
import zipfile
from pathlib import Path

METADATA = """\
Metadata-Version: 2.1
Name: tal-toolkit
Version: {version}
Summary: Find which actions happen in untrimmed video, and when: the tal program and a small module on top
License: MIT, with libraries under LGPL-2.1-or-later, BSD-3-Clause and others; see LICENCES.md
Requires-Python: >=3.8
Provides-Extra: numpy
Requires-Dist: numpy; extra == "numpy"
Classifier: Operating System :: POSIX :: Linux
Classifier: Topic :: Scientific/Engineering :: Artificial Intelligence
Description-Content-Type: text/markdown

{readme}"""

WHEEL = """\
Wheel-Version: 1.0
Generator: scripts/package
Root-Is-Purelib: false
Tag: {tag}
"""


class Writer:
    def __init__(self, path, moment):
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self.moment = moment
        self.records = []

    def add(self, name, data, executable=False):
        entry = zipfile.ZipInfo(name, self.moment)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = (0o100755 if executable else 0o100644) << 16
        self.archive.writestr(entry, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self.records.append(f"{name},sha256={digest},{len(data)}")

    def close(self, record):
        self.records.append(f"{record},,")
        self.archive.writestr(zipfile.ZipInfo(record, self.moment), "\n".join(self.records) + "\n")
        self.archive.close()


def main():
    parser = argparse.ArgumentParser()
    for name in ("version", "tag", "package", "licences", "readme", "out"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    moment = time.gmtime(max(seconds, 315532800))[:6]
    writer = Writer(options.out + ".new", moment)
    package = Path(options.package)
    for file in sorted(path for path in package.rglob("*") if path.is_file()):
        name = file.relative_to(package.parent).as_posix()
        writer.add(name, file.read_bytes(), executable=os.access(file, os.X_OK))
    info = f"tal_toolkit-{options.version}.dist-info"
    readme = Path(options.readme).read_text(encoding="utf-8")
    writer.add(f"{info}/METADATA", METADATA.format(version=options.version, readme=readme).encode())
    writer.add(f"{info}/WHEEL", WHEEL.format(tag=options.tag).encode())
    writer.add(f"{info}/entry_points.txt", b"[console_scripts]\ntal = tal:main\n")
    for file in sorted(Path(options.licences).iterdir()):
        writer.add(f"{info}/licenses/{file.name}", file.read_bytes())
    writer.close(f"{info}/RECORD")
    os.replace(options.out + ".new", options.out)


if __name__ == "__main__":
    main()
