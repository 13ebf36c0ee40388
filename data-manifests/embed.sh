#!/bin/sh
# Copies the manifests into the source, one file each, so that the binary works alone. Run after changing one; a test compares them.
set -eu
cd "$(dirname "$0")"
target=../Sources/Toolkit/Data/BuiltInManifests
rm -rf "$target.new"
mkdir "$target.new"
entries=""
for file in *.yaml; do
    name=${file%.yaml}
    # thumos14-i3d is BuiltInManifests.thumos14I3d
    member=$(echo "$name" | awk -F '[^a-z0-9]+' '{ printf "%s", $1; for (i = 2; i <= NF; i++) printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2) }')
    entries="$entries        \"$name\": $member,
"
    {
        echo "extension BuiltInManifests {"
        echo "    /// \`data-manifests/$file\`, copied by \`data-manifests/embed.sh\`."
        echo "    static let $member = #\"\"\""
        sed -e 's/^/        /' -e 's/^ *$//' "$file"
        echo "        \"\"\"#"
        echo "}"
    } > "$target.new/$name.swift"
done
{
    echo "/// The files of \`data-manifests\`, written by \`data-manifests/embed.sh\`."
    echo "enum BuiltInManifests {"
    echo "    /// The text of each manifest, by name."
    echo "    static let texts: [String: String] = ["
    printf '%s' "$entries"
    echo "    ]"
    echo "}"
} > "$target.new/BuiltInManifests.swift"
rm -rf "$target"
mv "$target.new" "$target"
