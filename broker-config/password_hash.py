#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
"""The hash of a password that a person chose, as Mosquitto's file of passwords has it. For secrets.sh:

  password_hash.py NAME [ROUNDS|here]   reads the password from stdin and prints a line; what it did goes to stderr
  password_hash.py --measure            prints how many rounds this host bears

Mosquitto has one thread, and computes such a hash for every log-in of that account, right or wrong: nothing
else happens meanwhile. So there is a bound of 10 ms, which the broker's host sets. mosquitto_passwd of
Mosquitto 2.0 knows 101 rounds and no other figure.
"""

import base64
import hashlib
import os
import sys
import time

BOUND_MS = 10
ROUNDS_LEAST, ROUNDS_MOST = 500, 210000
ROUNDS_UNKNOWN = 3000  # for a broker on another host, which may be a Pi
SALT_BYTES = 12  # what Mosquitto 2.0 takes, and no other length
LENGTH_LEAST, LENGTH_MOST = 12, 200
DIFFERENT_LEAST = 6
OWN_LEAST = 8
# What guesses begin with, and what people take for long: of no worth as a part of a password.
KNOWN = ("password passwort passwd kennwort secret geheim welcome willkommen letmein iloveyou changeme dragon monkey "
         "football master admin root user guest login test mosquitto glowswarm glow light licht raspberry pi "
         "qwertyuiop qwertzuiop asdfghjkl yxcvbnm zxcvbnm qwerty qwertz asdf abcdefghijklmnopqrstuvwxyz abcdef abc "
         "01234567890 12345678 123456 1234 123 9876543210 654321 4321 321").split()


def fail(text):
    sys.exit("password_hash.py: %s" % text)


def own_part(name, password):
    """What is left without the words that everybody knows and the account's name."""
    rest = password.casefold()
    for word in sorted([*KNOWN, *name.casefold().split("-")], key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest


def weakness(name, password):
    """Why it is refused; None if it is not."""
    if len(password) < LENGTH_LEAST:
        return "has %d characters, and %d are the least: several words make a good one" % (len(password), LENGTH_LEAST)
    if len(password) > LENGTH_MOST:
        return "has %d characters, and %d are the most" % (len(password), LENGTH_MOST)
    if not password.isprintable():
        return "holds a character that cannot be typed"
    if len(set(password)) < DIFFERENT_LEAST:
        return "has only %d different characters, and %d are the least" % (len(set(password)), DIFFERENT_LEAST)
    if len(own_part(name, password)) < OWN_LEAST:
        return "is little more than words and numbers that are guessed first, or the account's name"
    return None


def round_us():
    """What a round takes here: the slowest of some tries, in time of the processor."""
    def once():
        start = time.process_time()
        hashlib.pbkdf2_hmac("sha512", b"a password's length", b"a salt of 12", 2000)
        return (time.process_time() - start) * 1e6 / 2000

    return max(once() for _ in range(5))


def measured():
    """Whole hundreds that take half the bound here: a host that is busy or hot takes twice as long."""
    bears = int(BOUND_MS * 1000 / round_us() / 2)
    return max(ROUNDS_LEAST, min(ROUNDS_MOST, bears // 100 * 100))


def rounds_of(word):
    if word == "here":
        return measured()
    if not word:
        return min(measured(), ROUNDS_UNKNOWN)
    if not word.isascii() or not word.isdigit() or len(word) > 6 or not ROUNDS_LEAST <= int(word) <= ROUNDS_MOST:
        fail("rounds are a number from %d to %d, or \"here\", not '%s'" % (ROUNDS_LEAST, ROUNDS_MOST, word))
    return int(word)


def line(name, password, rounds):
    salt = os.urandom(SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return "%s:$7$%d$%s$%s" % (name, rounds, base64.b64encode(salt).decode(), base64.b64encode(digest).decode())


def read_password():
    """The first line of stdin."""
    data = sys.stdin.buffer.read(64 * 1024).split(b"\n")[0].rstrip(b"\r")
    try:
        return data.decode()
    except UnicodeDecodeError:
        fail("the password is not UTF-8")


def main(args):
    if args == ["--measure"]:
        print(measured())
        return
    if not 1 <= len(args) <= 2:
        fail("usage: NAME [ROUNDS|here] | --measure")
    name, rounds = args[0], rounds_of(args[1] if len(args) == 2 else "")
    password = read_password()
    why = weakness(name, password)
    if why:
        fail("the password for %s %s" % (name, why))
    print(line(name, password, rounds))
    print("%d rounds, which take this host %.1f ms" % (rounds, rounds * round_us() / 1000), file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
