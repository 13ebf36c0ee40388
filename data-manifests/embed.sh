#!/bin/sh
# Copies the manifests into the source, so that the binary works alone. Run after changing one; a test compares them.
set -eu
cd "$(dirname "$0")"
target=../Sources/Toolkit/Data/BuiltInManifests.swift
{
    echo "/// The files of \`data-manifests\`, written by \`data-manifests/embed.sh\`."
    echo "enum BuiltInManifests {"
    echo "    /// The text of each manifest, by name."
    echo "    static let texts: [String: String] = ["
    for file in *.yaml; do
        echo "        \"${file%.yaml}\": #\"\"\""
        sed -e 's/^/        /' -e 's/^ *$//' "$file"
        echo "        \"\"\"#,"
    done
    echo "    ]"
    echo "}"
} > "$target.new"
mv "$target.new" "$target"
