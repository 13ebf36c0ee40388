#!/usr/bin/env bash
# Installs what is in dist/ into bare Debian systems without Swift, and runs it there. Needs root and debootstrap.
# usage: scripts/packaging/check.sh tar|deb|wheel…   (as scripts/package --check)
#
# TAL_CHECK_SUITE chooses the suite (default: that of the machine, whose libraries the program was built with).
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/packaging/common.sh

[ "$(id -u)" -eq 0 ] || fail "--check needs root, for chroot"
need debootstrap debootstrap
suite=${TAL_CHECK_SUITE:-$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")}
# Without a mirror debootstrap takes its own.
mirror=${TAL_CHECK_MIRROR:-}
cache=.build-package/roots
base=$cache/$suite
mkdir -p "$cache"

if [ ! -e "$base.done" ]; then
    rm -rf "$base"
    echo "making a bare $suite"
    debootstrap --variant=minbase "$suite" "$base" ${mirror:+"$mirror"} >"$cache/$suite.log" 2>&1 ||
        { tail -n 5 "$cache/$suite.log" >&2; fail "debootstrap failed; see $cache/$suite.log"; }
    touch "$base.done"
fi

root=$cache/now
leave() {
    ! mountpoint -q "$root/proc" || umount "$root/proc"
    rm -rf "$root"
}
trap leave EXIT

# A fresh copy of the bare system.
enter() {
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
get() { inside apt-get -qq update >/dev/null && inside apt-get -qq install -y --no-install-recommends "$@" >/dev/null 2>&1; }
folder=${TAL_PACKAGES:-dist}
# The newest package whose name is like this.
newest() { find "$folder" -maxdepth 1 -name "$1" -printf '%T@ %p\n' | sort -rn | sed -n '1s/^[^ ]* //p'; }

# What must work: runs PROGRAM on small files, on videos it generates, and with names instead of paths.
try_program() {
    echo "  $(as_user "'$1' --version" | sed -n 1p)"
    as_user "! command -v swift >/dev/null"
    as_user "'$1' doctor" | sed 's/^/  /'
    as_user "
        printf '%s' '{\"database\": {\"a\": {\"subset\": \"test\", \"duration\": 9, \"annotations\": [{\"segment\": [0, 9], \"label\": \"x\"}]}}}' >truth.json
        printf '%s' '{\"results\": {\"a\": [{\"label\": \"x\", \"score\": 0.9, \"segment\": [0, 9]}]}}' >found.json
        '$1' evaluate --ground-truth truth.json --predictions found.json --protocol thumos14 --json result.json --quiet >/dev/null
        grep -q '\"average_map\": *1[.,}]*' result.json
        '$1' generate demo --out world --train 2 --validation 1 --test 1 --seconds 8 --quiet
        '$1' extract world/videos --encoder svilm-tiny --out features.h5 --quiet
        '$1' train --config actionformer-demo --features features.h5 --annotations world/annotations.json --out run \
            --set training.epochs=1 --set training.warmup_epochs=1 --quiet
        '$1' detect --model run --features features.h5 --out detections.json --quiet
        test -s detections.json"
    echo "  evaluate, generate, extract, train and detect ran"
}

for kind in "$@"; do
    case "$kind" in
        tar)
            file=$(newest 'tal-*.tar.gz'); [ -n "$file" ] || fail "$folder has no tar.gz"
            echo "$file in $suite:"
            enter
            packages=$(tar -xOf "$file" --wildcards '*/README' | sed -n 's/^On Debian 12: apt-get install //p')
            get $packages || fail "the libraries that README names cannot be installed in $suite"
            mkdir -p "$root/opt"
            tar -xf "$file" -C "$root/opt" --transform 's#^[^/]*#tal#'
            ln -s /opt/tal/bin/tal "$root/usr/local/bin/tal"
            try_program /usr/local/bin/tal ;;
        deb)
            file=$(newest '*.deb'); [ -n "$file" ] || fail "$folder has no deb"
            echo "$file in $suite:"
            enter
            cp "$file" "$root/packages/"
            get "/packages/${file##*/}" || fail "$file cannot be installed in $suite"
            try_program /usr/bin/tal ;;
        wheel)
            file=$(newest '*.whl'); [ -n "$file" ] || fail "$folder has no wheel"
            echo "$file in $suite:"
            enter
            get python3 python3-pip || fail "pip cannot be installed in $suite"
            cp "$file" "$root/packages/"
            inside python3 -m pip install --quiet --no-index --break-system-packages --root-user-action=ignore "/packages/${file##*/}" 2>/dev/null ||
                inside python3 -m pip install --quiet --no-index "/packages/${file##*/}"
            try_program /usr/local/bin/tal
            as_user "PATH=/usr/bin python3 -c '
import tal
print(\"  the module finds an average mAP of\", tal.evaluate(\"truth.json\", \"found.json\", protocol=\"thumos14\")[\"average_map\"])
features = tal.read_features(\"features.h5\")
assert len(features) == 4 and all(len(rows) > 0 for rows in features.values())
found = tal.detect(model=\"run\", features=\"features.h5\")
assert set(found) == set(features)
try:
    tal.extract(\"none.mp4\", \"other.h5\")
    raise SystemExit(\"no error for a missing video\")
except tal.TalError as error:
    assert error.status == 1 and \"none.mp4\" in error.message
'" ;;
    esac
done
echo "all of these run"
