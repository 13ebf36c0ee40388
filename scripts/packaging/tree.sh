# The files that all packages have in common, laid out as under /usr.

# make_tree PROGRAM VERSION FOLDER STRIP
make_tree() {
    local program=$1 version=$2 tree=$3 strip=$4 shell date
    mkdir -p "$tree"/bin "$tree"/share/{tal,man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
    install -m 755 -- "$program" "$tree/bin/tal"
    if [ "$strip" = yes ]; then
        strip --strip-unneeded --remove-section=.comment --remove-section=.note -- "$tree/bin/tal"
    fi
    cp -R configs models data-manifests "$tree/share/tal/"
    mkdir -p "$tree/share/tal/protocols"
    cp eval/protocols/*.yaml "$tree/share/tal/protocols/"

    # It is read by a shell and never run.
    "$program" --generate-completion-script bash | sed '1{/^#!/d}' >"$tree/share/bash-completion/completions/tal"
    "$program" --generate-completion-script zsh >"$tree/share/zsh/site-functions/_tal"
    "$program" --generate-completion-script fish >"$tree/share/fish/vendor_completions.d/tal.fish"
    date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)
    "$program" --experimental-dump-help >"$tree.help.json"
    python3 scripts/packaging/manual.py "$tree.help.json" "$version" "$date" >"$tree/share/man/man1/tal.1"
    rm -f "$tree.help.json"

    collect_licences "$tree/share/doc/tal-toolkit"
    cp CHANGELOG.md "$tree/share/doc/tal-toolkit/"
    chmod -R u=rwX,go=rX "$tree"
}

# The licences of everything that is inside the program.
collect_licences() {
    local doc=$1 checkouts name file
    mkdir -p "$doc/licences"
    cp LICENSE "$doc/licences/tal.txt"
    for checkouts in .build-package/checkouts .build/checkouts; do
        [ ! -d "$checkouts" ] || break
    done
    for name in "${bundled_packages[@]}"; do
        file=$(find "$checkouts/$name" -maxdepth 1 -iname 'LICENSE*' 2>/dev/null | sed -n 1p)
        [ -n "$file" ] || fail "no licence of $name under $checkouts; build the program here first"
        cp "$file" "$doc/licences/$name.txt"
    done
    file=$(dirname "$(readlink -f "$(command -v swift)")")/../share/swift/LICENSE.txt
    [ -f "$file" ] || fail "no licence of Swift at $file"
    cp "$file" "$doc/licences/swift.txt"
    cp scripts/packaging/LICENCES.md "$doc/LICENCES.md"
}
