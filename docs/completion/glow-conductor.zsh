#compdef glow-conductor
local curcontext=$curcontext state line common=( \
	'--broker=[mqtt\://host\[\:port\] or mqtts\://host\[\:port\]]:URI:' \
	'--username=[account on the broker]:NAME:' \
	'--password=[its password; better in a file]:WORD:' \
	'--ca-file=[certificate authority of an mqtts broker]:FILE:_files' \
	'--cert-file=[our certificate, where the broker asks for one]:FILE:_files' \
	'--key-file=[its key]:FILE:_files' \
	'--prefix=[first levels of every topic]:TOPIC:' \
	'--discovery=[prefix of Home Assistant'\''s discovery; off for none]:TOPIC:' \
	'--page=[address of the web page, to which Home Assistant links]:URL:' \
	'--node=[name of this conductor (default\: the host name in lower case)]:ID:' \
	'--uplink=[cluster above, which this one follows as a rack\: its prefix and our name there, hall/east]:TOPIC/NAME:' \
	'--order=[nodes that come first on the strip; the others follow by name]:ID,ID:' \
	'--reverse=[nodes that hang the other way round]:ID,ID:' \
	'--gap=[pixels left free behind a node]:ID=N,…:' \
	'--time-zone=[local time of the cluster'\''s clocks, Europe/Berlin (default\: this machine'\''s)]:ZONE:' \
	'--place=[where the sun rises and sets for schedules, in degrees\: 52.52,13.40]:LAT,LON:' \
	'--boot-preset=[what shows when the whole cluster starts, 5 s after the conductor]:NAME:' \
	'--grace-s=[how long a node that went offline keeps its place]:S:' \
	'--metrics=[where Prometheus finds them\: 127.0.0.1\:9464; off for nowhere]:ADDR\:PORT:' \
	'--log-level=[how much is told]:WORD:(error warning info debug)' \
	'--log-format=[form of a line on standard error]:WORD:(text json)' \
	'--doctor[say what is missing, and how to mend it]' \
	'--check-config[check options and environment, and do nothing]' \
	'--print-config[every value and where it came from]' \
	'--healthcheck[ask the running conductor of this name whether it is well]' \
	'--help[show this list]' \
	'-h[show this list]' \
	'--version[show the version]' \
	'-V[show the version]' \
	'--man[write the manual page (troff)]' \
	'--bash-completion[write the completion for bash]' \
	'--zsh-completion[the same for zsh]' \
	'--fish-completion[the same for fish]')
_arguments -C "$common[@]"
