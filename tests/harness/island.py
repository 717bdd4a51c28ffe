# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""A network and names of this process's own: it and what it starts see a loopback that nobody else is on."""

import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
SIOCSIFADDR, SIOCSIFFLAGS = 0x8916, 0x8914
IFF_UP_RUNNING = 0x1 | 0x40

_libc = ctypes.CDLL(None, use_errno=True)


def _must(done, what):
    if done != 0:
        error = ctypes.get_errno()
        raise OSError(error, "%s: %s" % (what, os.strerror(error)))


def _mount(source, target, flags):
    _must(_libc.mount(source, target, None, ctypes.c_ulong(flags), None), "mount")


def _raise_loopback(*addresses6):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP_RUNNING))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        for address in addresses6:
            fcntl.ioctl(s, SIOCSIFADDR, socket.inet_pton(socket.AF_INET6, address) +
                        struct.pack("Ii", 64, socket.if_nametoindex("lo")))


def move_to(home, names, *addresses6):
    """From now on this process, of one thread yet, lives there. `names`: pairs (address, name), the only ones that
    are known; `addresses6` are the loopback's besides ::1. Raises OSError where that may not be."""
    hosts, switch = os.path.join(home, "hosts"), os.path.join(home, "nsswitch.conf")
    with open(hosts, "w") as f:
        f.writelines("%s %s\n" % pair for pair in names)
    with open(switch, "w") as f:
        f.write("hosts: files\n")
    _must(_libc.unshare(CLONE_NEWNS | CLONE_NEWNET), "unshare")
    _mount(b"none", b"/", MS_REC | MS_PRIVATE)
    _mount(hosts.encode(), b"/etc/hosts", MS_BIND)
    _mount(switch.encode(), b"/etc/nsswitch.conf", MS_BIND)
    _raise_loopback(*addresses6)
