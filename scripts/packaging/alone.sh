#!/usr/bin/env bash
# Unpacks a tar.gz of scripts/package and runs the program in an empty folder with nothing in the environment: it must find all
# that it needs beside itself, and must not need Swift.
# usage: scripts/packaging/alone.sh FILE.tar.gz
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: scripts/packaging/alone.sh FILE.tar.gz" >&2; exit 2; }
file=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tal" "$work/empty"
tar -xf "$file" -C "$work/tal" --strip-components=1
ln -s "$work/tal/bin/tal" "$work/link"
if ldd "$work/tal/bin/tal" | grep -E 'not found|libswift|libFoundation'; then
    echo "alone: the program needs these libraries" >&2
    exit 1
fi
cd "$work/empty"
tal() { env -i "$work/link" "$@"; }
tal --version
tal doctor
tal generate demo --out world --train 2 --validation 1 --test 1 --seconds 8 --quiet
tal extract world/videos --encoder svilm-tiny --out features.h5 --quiet
tal train --config actionformer-demo --features features.h5 --annotations world/annotations.json --out run \
    --set training.epochs=1 --set training.warmup_epochs=1 --quiet
tal detect --model run --features features.h5 --annotations world/annotations.json --subset test --out detections.json --quiet
tal evaluate --ground-truth world/annotations.json --predictions detections.json --protocol demo --quiet
echo "alone: ${file##*/} runs in an empty folder"
