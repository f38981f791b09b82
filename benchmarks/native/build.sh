#!/bin/sh
# Compiles the program whose calls are timed: build.sh OUTPUT-FOLDER. Without a compiler the build goes on, and who wants
# to time calls is told.
set -u
here=$(dirname "$0")
out=$1
mkdir -p "$out"
compiler=${CC:-cc}
if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "socket-calls: no C compiler here (Debian: apt-get install gcc libc6-dev): ./sallyport bench intercept will not run" >&2
    exit 0
fi
"$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -pthread -o "$out/socket-calls" "$here/socket-calls.c"
