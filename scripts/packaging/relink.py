#!/usr/bin/env python3
"""Links a program that `swift build` has built once more, with the Swift runtime inside: relink.py MANIFEST PROGRAM

MANIFEST is what `swift build` keeps of a build, such as .build/release.yaml. The objects are taken as they are, so this takes
seconds where a build with --static-swift-stdlib compiles everything again. The linker needs libcurl's development files, because
Foundation's networking part does.
"""

import json
import re
import subprocess
import sys

# What Foundation is made of. Compiled for the shared runtime, the objects do not name these libraries themselves.
RUNTIME = [
    "Foundation", "FoundationNetworking", "_CFURLSessionInterface", "curl", "CoreFoundation", "FoundationEssentials",
    "FoundationInternationalization", "_FoundationICU", "_FoundationCShims", "_FoundationCollections", "BlocksRuntime",
]


def link_arguments(manifest, product):
    """The arguments of the linker for an executable product, as `swift build` gave them."""
    command = re.compile(rf'  "C\.{re.escape(product)}-.*\.exe":\n(?:    .*\n)*?    args: (\[.*\])\n')
    with open(manifest, encoding="utf-8") as file:
        found = command.search(file.read())
    if not found:
        sys.exit(f"relink: {manifest} does not say how {product} is linked; build it with swift build first")
    return json.loads(found.group(1))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    arguments = link_arguments(sys.argv[1], "tal")
    arguments[arguments.index("-o") + 1] = sys.argv[2]
    # The folder of the build is no place to look for libraries at run time.
    arguments = [argument for argument in arguments if not argument.startswith("-rpath=")]
    while any(a == b == "-Xlinker" for a, b in zip(arguments, arguments[1:])):
        del arguments[next(i for i, (a, b) in enumerate(zip(arguments, arguments[1:])) if a == b == "-Xlinker")]
    arguments += ["-static-stdlib", "-Xlinker", "--gc-sections", "-Xlinker", "--as-needed", "-Xlinker", "--start-group"]
    arguments += ["-l" + name for name in RUNTIME] + ["-Xlinker", "--end-group"]
    sys.exit(subprocess.run(arguments).returncode)


if __name__ == "__main__":
    main()
