#!/bin/sh
# Copies the protocols into the source, so that the binary works alone. Run after changing a protocol; a test compares them.
set -eu
cd "$(dirname "$0")"
target=../../Sources/Evaluation/Protocols/BuiltInProtocols.swift
{
    echo "/// The files of \`eval/protocols\`, written by \`eval/protocols/embed.sh\`."
    echo "enum BuiltInProtocols {"
    echo "    /// The text of each protocol, by name."
    echo "    static let texts: [String: String] = ["
    for file in *.yaml; do
        echo "        \"${file%.yaml}\": #\"\"\""
        sed 's/^/        /' "$file"
        echo "        \"\"\"#,"
    done
    echo "    ]"
    echo "}"
} > "$target.new"
mv "$target.new" "$target"
