# The archive to unpack anywhere.

# make_tar TREE VERSION
make_tar() {
    local tree=$1 version=$2 name out
    name=tal-$version-linux-$(uname -m)
    out=$out_folder/$name.tar.gz
    cat >"$tree/README" <<TEXT
tal $version

Unpack anywhere and run bin/tal; share/tal is found beside it, also through a link to bin/tal.
It needs these libraries of the system:
$(objdump -p "$tree/bin/tal" | awk '$1 == "NEEDED" { print "  " $2 }')
and, once a command reads or writes video:
$(loaded_libraries "$tree/bin/tal" | sed 's/^/  /')
On Debian 12: apt-get install libopenblas0 libhdf5-103-1 libcurl4 libavformat59 libswscale6
TEXT
    tar --create --gzip --file "$out.new" --directory "$tree" --transform "s#^\\.#$name#" \
        --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" .
    mv -f "$out.new" "$out"
    rm -f "$tree/README"
    echo "$out: $(size_of "$out")"
}
