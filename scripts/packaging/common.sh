# What the packaging scripts share.

fail() { echo "package: $1" >&2; exit "${2:-1}"; }

# Ends unless a command is there; the second argument is Debian's package.
need() { command -v "$1" >/dev/null 2>&1 || fail "$1 is missing; install it (Debian: apt-get install $2)"; }

# The size of a file, for people.
size_of() { awk -v bytes="$(stat -c %s -- "$1")" 'BEGIN { printf "%.1f MB", bytes / 1e6 }'; }

# The FFmpeg libraries that a program loads when it first needs them: their names are texts in it.
loaded_libraries() { grep -aoE 'lib(avutil|avcodec|avformat|swscale)\.so\.[0-9]+' "$1" | sort -u; }

# The file of a shared library by its name, as the loader of this system finds it.
library_file() { ldconfig -p | awk -v name="$1" '$1 == name && /x86-64|AArch64/ && !found { print $NF; found = 1 }'; }

# The Swift packages whose code is inside the program.
bundled_packages=(swift-argument-parser Yams FlyingFox)

# The Debian package that a file belongs to. On merged systems packages still list files of /usr/lib under /lib.
package_of() {
    local file found
    file=$(readlink -f "$1")
    for file in "$file" "${file#/usr}" "/usr$file"; do
        found=$(dpkg-query --search "$file" 2>/dev/null | sed -n 1p)
        [ -z "$found" ] || { echo "${found%%:*}"; return; }
    done
}
