"""Puts itself under a seccomp filter (hexadecimal, first argument), prints the listener, waits for a line, runs the rest."""
import ctypes
import errno
import os
import platform
import socket
import sys

libc = ctypes.CDLL(None, use_errno=True)
SECCOMP = 277 if platform.machine() == "aarch64" else 317


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


code = bytes.fromhex(sys.argv[1])
memory = ctypes.create_string_buffer(code, len(code))
program = Program(len(code) // 8, ctypes.cast(memory, ctypes.c_void_p))
libc.prctl(38, 1, 0, 0, 0)
listener = libc.syscall(SECCOMP, 1, 8, ctypes.byref(program))
if listener < 0:
    sys.exit("seccomp: " + os.strerror(ctypes.get_errno()))
print(listener, flush=True)
sys.stdin.readline()
os.close(listener)


def attempt(call):
    try:
        return "ok " + str(call())
    except OSError as failure:
        return errno.errorcode[failure.errno]


exec(sys.argv[2])
