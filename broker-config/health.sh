#!/bin/sh
# SPDX-License-Identifier: MIT
# health.sh [directory]: exit status 0 when the broker of this host or container serves an account.
# The directory holds the file mosquitto_sub that secrets.sh made: the account health as the options
# of the program of that name, which no list of processes shows then.
XDG_CONFIG_HOME=${1:-/run/secrets}
export XDG_CONFIG_HOME
mosquitto_sub -t "\$SYS/broker/uptime" -C 1 -W 3 >/dev/null 2>&1 || exit 1
