#!/usr/bin/env bash
# Builds the FFmpeg libraries for the wheel, without any part under the GPL, from the source package of this Debian release.
# usage: scripts/packaging/ffmpeg.sh FOLDER
#
# Needs dpkg-dev, gcc, make, nasm, pkg-config, libdav1d-dev, libgnutls28-dev and zlib1g-dev. Writes FOLDER/lib (the shared libraries),
# FOLDER/source (name and version of the source package), FOLDER/configure (the options of the build) and FOLDER/COPYING
# (the licence). Does nothing where FOLDER holds them already for the version of the headers and these options.
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/packaging/common.sh

[ $# -eq 1 ] || fail "usage: scripts/packaging/ffmpeg.sh FOLDER" 2
folder=$(realpath -m -- "$1")
need dpkg-source dpkg-dev
need gcc gcc
need make make
need pkg-config pkg-config
pkg-config --exists dav1d || fail "dav1d is missing; install it (Debian: apt-get install libdav1d-dev)"
pkg-config --exists gnutls || fail "GnuTLS is missing; install it (Debian: apt-get install libgnutls28-dev)"
[ "$(uname -m)" != x86_64 ] || need nasm nasm

# The program is built with the headers of this package, so the libraries are of the same version.
version=$(dpkg-query -W -f '${source:Version}' libavcodec-dev) || fail "libavcodec-dev is not installed"
# Everything that reads video, from files and from servers, all of it LGPL; to write, MPEG-4 and the containers that tal offers.
# No devices.
options=(
    --disable-everything --disable-autodetect --disable-static --enable-shared
    --disable-programs --disable-doc --disable-debug
    --disable-avdevice --disable-avfilter --disable-swresample --disable-postproc
    --enable-zlib --enable-libdav1d
    --enable-demuxers --enable-decoders --enable-parsers --enable-bsfs
    --enable-gnutls --enable-protocol=file,http,https,tcp,tls
    --enable-encoder=mpeg4 --enable-encoder=mjpeg --enable-encoder=png
    --enable-muxer=mp4 --enable-muxer=mov --enable-muxer=matroska --enable-muxer=webm --enable-muxer=avi
)
if [ -f "$folder/source" ] && [ "$(cat "$folder/source")" = "ffmpeg $version" ] && [ "$(cat "$folder/configure")" = "${options[*]}" ]; then
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The sources of Debian's packages from the mirrors that its packages come from, with the signatures checked by apt.
mkdir -p "$work/lists/partial" "$work/src"
apt-get indextargets --format 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(RELEASE) main' \
    'Created-By: Packages' 'Component: main' 'Origin: Debian' | sort -u >"$work/sources.list"
[ -s "$work/sources.list" ] || fail "apt knows no package list of Debian; run 'apt-get update'"
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
    -o APT::Sandbox::User=root)
"${apt[@]}" update
(cd "$work/src" && "${apt[@]}" source "ffmpeg=$version" >"$work/fetch.log" 2>&1) ||
    { tail -n 5 "$work/fetch.log" >&2; fail "the source of ffmpeg $version cannot be fetched"; }
cd "$work"/src/ffmpeg-*/
echo "building FFmpeg $version without the GPL"
./configure --prefix=/ "${options[@]}" >"$work/configure.log" 2>&1 ||
    { tail -n 5 "$work/configure.log" >&2; fail "FFmpeg's configure failed"; }
grep -q '^License: LGPL version 2.1 or later$' "$work/configure.log" ||
    fail "this build of FFmpeg is not under the LGPL: $(grep '^License' "$work/configure.log")"
make -j"$(nproc)" >"$work/make.log" 2>&1 || { tail -n 5 "$work/make.log" >&2; fail "FFmpeg's make failed"; }
make install-libs DESTDIR="$work/out" >"$work/install.log" 2>&1 || fail "FFmpeg's make install-libs failed"

rm -rf "$folder"
mkdir -p "$folder/lib"
for name in avutil avcodec avformat swscale; do
    file=$(find "$work/out/lib" -name "lib$name.so.*" -type l)
    [ -n "$file" ] || fail "the build has no lib$name"
    install -m 644 -- "$(readlink -f "$file")" "$folder/lib/${file##*/}"
    strip --strip-unneeded "$folder/lib/${file##*/}"
done
printf '%s\n' "${options[*]}" >"$folder/configure"
cp COPYING.LGPLv2.1 "$folder/COPYING"
# Last, because it marks the folder as complete.
echo "ffmpeg $version" >"$folder/source"
