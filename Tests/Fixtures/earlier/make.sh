#!/usr/bin/env bash
# Makes the files in this folder with the program of version 0.1.0, as it was on 2026-11-23: Tests/Fixtures/earlier/make.sh
#
# Needs the history of the repository, and some minutes: it builds the old program (for debugging) under .build/earlier.
set -euo pipefail
cd "$(dirname "$0")/../../.."
commit=7b8f04d here=$PWD/Tests/Fixtures/earlier source=$PWD/.build/earlier
if [ ! -d "$source" ]; then
    mkdir -p "$source"
    git archive "$commit" | tar -x -C "$source"
fi
cd "$source"
swift build --product tal
tal=$(swift build --show-bin-path)/tal
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# One thread: the same bytes everywhere.
export OPENBLAS_NUM_THREADS=1
"$tal" generate demo --out world --train 3 --validation 1 --test 1 --seconds 8 --size 32 --seed 1 --quiet
"$tal" extract world/videos --encoder "$source/configs/encoders/frame-difference.yaml" --out features.h5 --threads 1 --quiet
"$tal" train --config "$source/configs/heads/actionformer-demo.yaml" --features features.h5 \
    --annotations world/annotations.json --out run --seed 1 --threads 1 --quiet \
    --set training.epochs=2 --set training.warmup_epochs=1 --set actionformer.channels=8 --set actionformer.neck_channels=8 \
    --set actionformer.head_channels=8 --set actionformer.heads=2
"$tal" detect --model run --features features.h5 --annotations world/annotations.json --subset test --out detections.json \
    --threads 1 --quiet
rm -rf "$here/run"
mkdir -p "$here/run/last"
cp features.h5 world/annotations.json detections.json "$here/"
cp run/config.yaml run/labels.txt run/features.yaml run/model.safetensors run/encoder.yaml "$here/run/"
# Of the checkpoint only what marks it as one of 0.1: it cannot be resumed.
cp run/last/progress.json "$here/run/last/"
ls -l "$here" "$here/run" "$here/run/last"
