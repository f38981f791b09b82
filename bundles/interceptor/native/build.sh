#!/bin/sh
# Compiles the launcher: build.sh OUTPUT-FOLDER. Without a compiler the build goes on; the Java launcher does the same.
set -u
here=$(dirname "$0")
out=$1
mkdir -p "$out"
compiler=${CC:-cc}
if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "sallyport-run: no C compiler here (Debian: apt-get install gcc libc6-dev linux-libc-dev); programs are started by the Java launcher, which takes some 200 ms longer" >&2
    exit 0
fi
if "$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$out/sallyport-run" "$here/sallyport-run.c"; then
    exit 0
fi
echo "sallyport-run: it does not link statically here; linking dynamically" >&2
"$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -o "$out/sallyport-run" "$here/sallyport-run.c" && exit 0
echo "sallyport-run: the C compiler fails; programs are started by the Java launcher, which takes some 200 ms longer" >&2
exit 0
