# The Debian package. Debian has had another package named tal, so this one is tal-toolkit.

# The package and least version of a library that is loaded by name, as its own package declares it.
dependency_of() {
    local file package
    file=$(library_file "$1")
    [ -n "$file" ] || fail "$1 is not installed here, so its package is unknown"
    package=$(package_of "$file")
    [ -n "$package" ] || fail "$file belongs to no package"
    local line
    line=$(dpkg-query --control-show "$package" shlibs 2>/dev/null | awk -v name="${1%%.so.*}" '$1 == name { $1 = $2 = ""; print; exit }')
    line=${line#"${line%%[! ]*}"}
    echo "${line:-$package}"
}

# Who a distributor says is responsible for the package.
maintainer=${TAL_MAINTAINER:-The tal authors <tal@example.org>}

# make_deb TREE VERSION FOLDER
make_deb() {
    local tree=$1 version=$2 root=$3 architecture out needed library doc
    architecture=$(dpkg --print-architecture)
    # A version before its release sorts before it: 0.2.0~dev.
    version=${version/-/\~}
    out=$out_folder/tal-toolkit_${version}_$architecture.deb
    mkdir -p "$root/pkg/usr" "$root/pkg/DEBIAN" "$root/src/debian"
    cp -R "$tree"/. "$root/pkg/usr/"
    mv "$root/pkg/usr/share/zsh/site-functions" "$root/pkg/usr/share/zsh/vendor-completions"
    gzip -9n "$root/pkg/usr/share/man/man1/tal.1"
    doc=$root/pkg/usr/share/doc/tal-toolkit
    rm -f "$doc/licences/tal.txt" "$doc/CHANGELOG.md"
    printf 'tal-toolkit (%s) unstable; urgency=medium\n\n  * See /usr/share/doc/tal-toolkit/NEWS.gz.\n\n -- %s  %s\n' \
        "$version" "$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"
    gzip -9nc CHANGELOG.md >"$doc/NEWS.gz"
    {
        printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: tal\n\n'
        printf 'Files: *\nCopyright: 2026 The tal authors\nLicense: Expat\n'
        sed -n '/^Permission/,$p' LICENSE | sed 's/^$/./; s/^/ /'
        printf '\nComment:\n The program contains other works; see LICENCES.md and licences/ in this folder.\n'
    } >"$doc/copyright"
    mkdir -p "$root/pkg/usr/share/lintian/overrides"
    cp scripts/packaging/lintian-overrides "$root/pkg/usr/share/lintian/overrides/tal-toolkit"

    printf 'Source: tal-toolkit\n\nPackage: tal-toolkit\nArchitecture: %s\nDescription: x\n' "$architecture" >"$root/src/debian/control"
    needed=$(cd "$root/src" && dpkg-shlibdeps -O --ignore-missing-info "$root/pkg/usr/bin/tal" 2>"$root/shlibdeps.log") ||
        { cat "$root/shlibdeps.log" >&2; fail "dpkg-shlibdeps failed"; }
    needed=${needed#shlibs:Depends=}
    for library in $(loaded_libraries "$root/pkg/usr/bin/tal"); do
        needed+=", $(dependency_of "$library")"
    done
    chmod -R u=rwX,go=rX "$root/pkg"
    cat >"$root/pkg/DEBIAN/control" <<TEXT
Package: tal-toolkit
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk --apparent-size "$root/pkg/usr" | cut -f 1)
Depends: $needed
Conflicts: tal
Section: science
Priority: optional
Description: find which actions happen in untrimmed video, and when
 A toolkit for temporal action localization: it computes the features of
 videos with frozen encoders, trains heads that find actions in them, and
 evaluates detections by the protocols of the usual benchmarks.
TEXT
    (cd "$root/pkg" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    chmod 644 "$root/pkg/DEBIAN/md5sums" "$root/pkg/DEBIAN/control"
    fakeroot dpkg-deb -Zxz --build "$root/pkg" "$out" >/dev/null
    echo "$out: $(size_of "$out")"
    if command -v lintian >/dev/null 2>&1; then
        lintian --fail-on error --tag-display-limit 0 "$out" || fail "lintian found errors in $out"
    else
        echo "lintian is not installed; $out was not checked by it"
    fi
}
