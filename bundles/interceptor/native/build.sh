#!/bin/sh
# Compiles launcher and keeper: build.sh OUTPUT-FOLDER. Without a compiler the build goes on; the Java launcher does the
# same as the native one, and nothing is kept while the daemon is away.
set -u
here=$(dirname "$0")
out=$1
mkdir -p "$out"
compiler=${CC:-cc}

lost() {
    case $1 in
        sallyport-run) echo "programs are started by the Java launcher, which takes some 200 ms longer" ;;
        *) echo "programs under the interceptor have to be started anew after a restart of the daemon" ;;
    esac
}

compile() {
    if "$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$out/$1" "$here/$1.c"; then
        return
    fi
    echo "$1: it does not link statically here; linking dynamically" >&2
    "$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -o "$out/$1" "$here/$1.c" && return
    echo "$1: the C compiler fails; $(lost "$1")" >&2
}

for program in sallyport-run sallyport-keeper; do
    if command -v "$compiler" >/dev/null 2>&1; then
        compile "$program"
    else
        echo "$program: no C compiler here (Debian: apt-get install gcc libc6-dev linux-libc-dev); $(lost "$program")" >&2
    fi
done
exit 0
