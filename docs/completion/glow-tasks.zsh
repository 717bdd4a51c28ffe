#compdef glow-tasks
local curcontext=$curcontext state line common=( \
	'--broker=[mqtt\://host\[\:port\] or mqtts\://host\[\:port\]]:URI:' \
	'--username=[account on the broker]:NAME:' \
	'--password=[its password; better in a file]:WORD:' \
	'--ca-file=[certificate authority of an mqtts broker]:FILE:_files' \
	'--cert-file=[our certificate, where the broker asks for one]:FILE:_files' \
	'--key-file=[its key]:FILE:_files' \
	'--prefix=[first levels of every topic]:TOPIC:' \
	'--engine=[a manager'\''s Docker engine, or a filter before it\: unix\:///path or http\://host\[\:port\]]:ADDRESS:' \
	'--poll-s=[how often it is asked while nothing happens; each second while something does]:S:' \
	'--brightness=[of the notices]:N:' \
	'--priority=[of the notices; others have 5]:N:' \
	'--log-level=[how much is told]:WORD:(error warning info debug)' \
	'--log-format=[form of a line on standard error]:WORD:(text json)' \
	'--doctor[say what is missing, and how to mend it]' \
	'--check-config[check options and environment, and do nothing]' \
	'--print-config[every value and where it came from]' \
	'--healthcheck[ask the running program whether it is well]' \
	'--help[show this list]' \
	'-h[show this list]' \
	'--version[show the version]' \
	'-V[show the version]' \
	'--man[write the manual page (troff)]' \
	'--bash-completion[write the completion for bash]' \
	'--zsh-completion[the same for zsh]' \
	'--fish-completion[the same for fish]')
_arguments -C "$common[@]"
