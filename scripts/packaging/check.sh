#!/usr/bin/env bash
# Installs what is in dist/ into bare Debian systems without Swift, and runs it there. Needs root and debootstrap.
# usage: scripts/packaging/check.sh tar|deb|wheel…   (as scripts/package --check)
#
# TAL_CHECK_SUITE    the suite for all three (default: that of the machine, whose libraries the program was built with)
# TAL_CHECK_NEWER    a newer suite, for the wheel only (default: trixie; empty for none)
# TAL_CHECK_MIRROR   where debootstrap gets packages from
# TAL_CHECK_CLIPS    a folder with videos/ and annotations.json of real clips (default: ../shared/data/real_clips/falls)
# TAL_PACKAGES       where the packages are (default: dist)
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/packaging/common.sh

[ "$(id -u)" -eq 0 ] || fail "--check needs root, for chroot"
need debootstrap debootstrap
suite=${TAL_CHECK_SUITE:-$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")}
newer=${TAL_CHECK_NEWER-trixie}
clips=${TAL_CHECK_CLIPS:-../shared/data/real_clips/falls}
folder=${TAL_PACKAGES:-dist}
cache=.build-package/roots
root=$cache/now
mkdir -p "$cache"

leave() {
    ! mountpoint -q "$root/proc" || umount "$root/proc"
    rm -rf "$root"
}
trap leave EXIT

# A fresh copy of a bare system, which is made by debootstrap the first time.
enter() {
    local base=$cache/$1
    if [ ! -e "$base.done" ]; then
        rm -rf "$base"
        echo "making a bare $1"
        debootstrap --variant=minbase "$1" "$base" ${TAL_CHECK_MIRROR:+"$TAL_CHECK_MIRROR"} >"$base.log" 2>&1 ||
            { tail -n 5 "$base.log" >&2; fail "debootstrap failed; see $base.log"; }
        touch "$base.done"
    fi
    leave
    cp -a --reflink=auto "$base" "$root"
    mount -t proc proc "$root/proc"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    printf 'nameless:x:1000:1000::/home/nameless:/bin/sh\n' >>"$root/etc/passwd"
    mkdir -p "$root/home/nameless" "$root/packages"
    chown 1000:1000 "$root/home/nameless"
}

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
# As a plain user in an empty folder, with nothing in the environment.
as_user() { chroot --userspec=1000:1000 "$root" /usr/bin/env -i /bin/sh -euc "cd /home/nameless; $1"; }
get() {
    { inside apt-get -qq update && inside apt-get -qq install -y --no-install-recommends "$@"; } >"$root.log" 2>&1 ||
        { tail -n 5 "$root.log" >&2; return 1; }
}
# The newest package whose name is like this.
newest() { find "$folder" -maxdepth 1 -name "$1" -printf '%T@ %p\n' | sort -rn | sed -n '1s/^[^ ]* //p'; }
# Runs commands as the user; what they print is shown only when they fail.
try() {
    local name=$1 begin=$SECONDS
    as_user "$2" >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; fail "$name failed"; }
    echo "  $name: done in $((SECONDS - begin)) s"
}

# What must work: what the program says of itself, the demo, and real clips from videos to figures.
try_program() {
    echo "  $(as_user "'$1' --version" | sed -n '1p; 2p' | paste -sd ' ')"
    as_user "! command -v swift >/dev/null"
    as_user "'$1' doctor" | sed -n 's/^\(system\|FFmpeg\|HDF5\|problem\|Nothing\)/  \1/p'
    try "a perfect result has mAP 1" "
        printf '%s' '{\"database\": {\"a\": {\"subset\": \"test\", \"duration\": 9, \"annotations\": [{\"segment\": [0, 9], \"label\": \"x\"}]}}}' >truth.json
        printf '%s' '{\"results\": {\"a\": [{\"label\": \"x\", \"score\": 0.9, \"segment\": [0, 9]}]}}' >found.json
        '$1' evaluate --ground-truth truth.json --predictions found.json --protocol thumos14 --json result.json --quiet
        grep -q '\"average_map\": *1[.,}]*' result.json"
    try "tal demo --quick" "'$1' demo --quick --out demo"
    sed -n 's/^\([a-z-]* [a-z ]*: average mAP\)/    \1/p' "$root.log"
    if [ -d "$clips/videos" ]; then
        cp -R "$clips/videos" "$clips/annotations.json" "$root/home/nameless/"
        chown -R 1000:1000 "$root/home/nameless"
        try "extract, train, detect and evaluate on $(ls "$clips/videos" | wc -l) real clips" "
            '$1' extract videos --encoder svilm-tiny --out real.h5
            '$1' train --config actionformer-demo --features real.h5 --annotations annotations.json --out real --set training.epochs=5
            '$1' detect --model real --features real.h5 --annotations annotations.json --subset test --out real.json
            '$1' evaluate --ground-truth annotations.json --predictions real.json --protocol demo"
        sed -n 's/^ *average/    average mAP %/p' "$root.log"
        try "detect in a real video, with the encoder that the demo's run holds" "
            '$1' detect videos/$(ls "$clips/videos" | head -n 1) --model demo/run-svilm-tiny-1 --out one.json && test -s one.json"
    else
        echo "  no real clips at $clips"
    fi
}

# The program and the module of a wheel in a suite.
check_wheel() {
    echo "$1 in $2:"
    enter "$2"
    get python3 python3-venv || fail "python3-venv cannot be installed in $2"
    cp "$1" "$root/packages/"
    cp scripts/packaging/python/test_tal.py "$root/packages/"
    inside python3 -m venv /opt/tal
    inside /opt/tal/bin/pip install --quiet --no-index --disable-pip-version-check "/packages/${1##*/}"
    # Of the system's libraries only those of glibc may be used.
    foreign=$(inside sh -c 'for file in /opt/tal/lib/python3*/site-packages/tal/bin/tal /opt/tal/lib/python3*/site-packages/tal/lib/*; do
        ldd "$file"; done' | awk '$2 == "=>" && $3 !~ /^\/opt\/tal/ { print $1 " => " $3 }' |
        grep -vE '^(ld-linux.*|libc|libm|libdl|librt|libpthread|libresolv)\.so' | sort -u || true)
    [ -z "$foreign" ] || fail "the wheel uses libraries of the system: $foreign"
    try_program /opt/tal/bin/tal
    try "the tests of the module" "cp /packages/test_tal.py . && /opt/tal/bin/python -m unittest test_tal"
    sed -n 's/^Ran/    ran/p' "$root.log"
}

for kind in "$@"; do
    case "$kind" in
        tar)
            file=$(newest 'tal-*.tar.gz'); [ -n "$file" ] || fail "$folder has no tar.gz"
            echo "$file in $suite:"
            enter "$suite"
            packages=$(tar -xOf "$file" --wildcards '*/README' | sed -n 's/^On Debian 12: apt-get install //p')
            get $packages || fail "the libraries that README names cannot be installed in $suite"
            mkdir -p "$root/opt"
            tar -xf "$file" -C "$root/opt" --transform 's#^[^/]*#tal#'
            ln -s /opt/tal/bin/tal "$root/usr/local/bin/tal"
            try_program /usr/local/bin/tal ;;
        deb)
            file=$(newest '*.deb'); [ -n "$file" ] || fail "$folder has no deb"
            echo "$file in $suite:"
            enter "$suite"
            cp "$file" "$root/packages/"
            get "/packages/${file##*/}" || fail "$file cannot be installed in $suite"
            try_program /usr/bin/tal ;;
        wheel)
            file=$(newest '*.whl'); [ -n "$file" ] || fail "$folder has no wheel"
            check_wheel "$file" "$suite"
            [ -z "$newer" ] || [ "$newer" = "$suite" ] || check_wheel "$file" "$newer" ;;
    esac
done
echo "all of these run"
