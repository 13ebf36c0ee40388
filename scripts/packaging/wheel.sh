# The Python wheel: the program, every shared library it needs beyond those of any Linux, and a small module on top.

# The shared libraries that files need in turn, as lines `NAME FILE`, without those that every system has.
#
# library_closure FOLDER FILE…   (FOLDER is searched first)
library_closure() {
    local first=$1
    shift
    # libc and what comes with it must be the system's; the rest is brought along.
    local system='^(ld-linux.*|libc|libm|libdl|librt|libpthread|libresolv|libutil|libnsl|libanl|linux-vdso)\.so'
    LD_LIBRARY_PATH=$first ldd "$@" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 }' | grep -vE "$system" | sort -u
}

# The newest version of glibc that any of the files asks for, such as 2.34.
newest_glibc() {
    local file
    for file in "$@"; do objdump -T "$file" 2>/dev/null; done |
        grep -oE 'GLIBC_2\.[0-9]+' | sort -uV | tail -n 1 | sed 's/GLIBC_//'
}

# make_wheel TREE VERSION FOLDER
make_wheel() {
    local tree=$1 version=$2 root=$3 ffmpeg=$ffmpeg_folder package libraries file name line found glibc tag out owner
    # 0.2.0-dev is 0.2.0.dev0 in Python.
    version=${version/-dev/.dev0}
    package=$root/tal
    libraries=$package/lib
    mkdir -p "$package/bin" "$package/share" "$libraries"
    cp scripts/packaging/python/tal/* "$package/"
    cp -R "$tree/share/tal" "$package/share/"
    cp "$tree/bin/tal" "$package/bin/tal"

    # Debian's FFmpeg has parts under the GPL, so the wheel has one of its own.
    scripts/packaging/ffmpeg.sh "$ffmpeg"
    for name in $(loaded_libraries "$package/bin/tal"); do
        [ -f "$ffmpeg/lib/$name" ] || fail "the program loads $name, which $ffmpeg/lib lacks; it was built with other headers"
        install -m 644 -- "$ffmpeg/lib/$name" "$libraries/$name"
    done
    library_closure "$(realpath "$ffmpeg")/lib" "$package/bin/tal" "$libraries"/libav* "$libraries"/libsw* >"$root/closure"
    while read -r name file; do
        [ -e "$libraries/$name" ] || install -m 644 -- "$(readlink -f "$file")" "$libraries/$name"
    done <"$root/closure"
    for file in "$libraries"/*; do
        # The same libraries may be on the system in other versions.
        patchelf --force-rpath --set-rpath '$ORIGIN' "$file"
    done
    # dlopen too looks where the program's own entry says.
    patchelf --force-rpath --set-rpath '$ORIGIN/../lib' "$package/bin/tal"

    # What the libraries' own packages say of their licences.
    mkdir -p "$root/licences"
    cp "$tree/share/doc/tal-toolkit/licences"/* "$root/licences/"
    cp "$ffmpeg/COPYING" "$root/licences/ffmpeg-COPYING.txt"
    cp "$ffmpeg/configure" "$root/licences/ffmpeg-configure.txt"
    for file in "$libraries"/*; do
        name=${file##*/}
        if [ -f "$ffmpeg/lib/$name" ]; then
            echo "(built) $(cat "$ffmpeg/source") $name"
            continue
        fi
        found=$(library_file "$name")
        owner=$(package_of "${found:-/none}")
        [ -n "$owner" ] || { echo "unknown ? ? $name"; continue; }
        echo "$owner $(dpkg-query -W -f '${source:Package} ${source:Version}' "$owner") $name"
        [ ! -f "/usr/share/doc/$owner/copyright" ] || cp -L "/usr/share/doc/$owner/copyright" "$root/licences/debian-$owner.txt"
    done | sort >"$root/origins"
    if grep '^unknown' "$root/origins" >&2; then fail "libraries above belong to no package, so their licences are unknown"; fi
    {
        cat scripts/packaging/LICENCES.md scripts/packaging/BUNDLED.md
        echo
        echo '| library | Debian package | source package and version |'
        echo '|---|---|---|'
        while read -r owner name line found; do echo "| $found | $owner | $name $line |"; done <"$root/origins"
    } >"$root/licences/LICENCES.md"

    glibc=$(newest_glibc "$package/bin/tal" "$libraries"/*)
    tag=manylinux_${glibc/./_}_$(uname -m)
    out=$out_folder/tal_toolkit-$version-py3-none-$tag.whl
    python3 scripts/packaging/wheel.py --version "$version" --tag "py3-none-$tag" --package "$package" \
        --licences "$root/licences" --readme README.md --out "$out"
    echo "$out: $(size_of "$out"), for glibc $glibc or newer; the largest of its $(ls "$libraries" | wc -l) libraries:"
    (cd "$libraries" && ls -lS | awk 'NR > 1 && NR < 8 { printf "  %-28s %6.1f MB\n", $NF, $5 / 1e6 }')
}
