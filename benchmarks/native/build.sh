#!/bin/sh
# Compiles the programs whose calls are timed and whose datagrams are counted: build.sh OUTPUT-FOLDER. Without a compiler the build goes on, and who wants
# to time calls is told.
set -u
here=$(dirname "$0")
out=$1
mkdir -p "$out"
compiler=${CC:-cc}
if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "no C compiler here (Debian: apt-get install gcc libc6-dev): ./sallyport bench intercept, throughput and many-sas will not run" >&2
    exit 0
fi
for program in socket-calls datagrams spread numbered; do
    "$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -pthread -o "$out/$program" "$here/$program.c" || exit 1
done
