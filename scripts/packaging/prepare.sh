#!/usr/bin/env bash
# Installs what scripts/package needs beside what scripts/bootstrap installs, on Debian and Ubuntu (the wheel on Debian only).
# usage: scripts/packaging/prepare.sh tar|deb|wheel|check…
#
# Does nothing where everything is there. Without root it prints the command and ends with status 1.
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/packaging/common.sh

[ $# -gt 0 ] || fail "usage: scripts/packaging/prepare.sh tar|deb|wheel|check…" 2
packages=()
# wanted PACKAGE COMMAND
wanted() { command -v "$2" >/dev/null 2>&1 || packages+=("$1"); }
# The development files of a library; PACKAGE NAME
developed() { { command -v pkg-config >/dev/null && pkg-config --exists "$2"; } || packages+=("$1"); }
for kind in "$@"; do
    case "$kind" in
        tar | deb | wheel)
            wanted python3 python3
            wanted binutils strip
            wanted pkg-config pkg-config
            developed libcurl4-openssl-dev libcurl ;;&
        tar) ;;
        deb)
            wanted dpkg-dev dpkg-shlibdeps
            wanted fakeroot fakeroot
            wanted lintian lintian ;;
        wheel)
            wanted patchelf patchelf
            wanted dpkg-dev dpkg-source
            wanted gcc gcc
            wanted make make
            [ "$(uname -m)" != x86_64 ] || wanted nasm nasm
            developed libgnutls28-dev gnutls
            developed libdav1d-dev dav1d ;;
        check) wanted debootstrap debootstrap ;;
        *) fail "'$kind' is none of tar, deb, wheel and check" 2 ;;
    esac
done
[ ${#packages[@]} -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "package: some tools are missing, and installing them needs root; run" >&2
    echo "    sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${packages[*]}'" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "${packages[@]}"
