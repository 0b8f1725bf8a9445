"""Become another program that dies with its parent. Runs alone: `python -I -S launch.py ARGUMENTS`.

Arguments: the parent's process id, the signal to receive when it dies, user id, group id, then the command.
User id -1 keeps the present user. The order matters: the kernel forgets the death signal when the user
changes, so the user changes first.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, death_signal: int, uid: int, gid: int, command: list[str]) -> None:
    """Drop to the user, tie this process to its parent and turn into the command; returns only if the parent
    is gone."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if uid != -1:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        return
    # The parent may have been told to ignore or block these; a server must hear them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    parent, death_signal, uid, gid = (int(text) for text in sys.argv[1:5])
    become(parent, death_signal, uid, gid, sys.argv[5:])
