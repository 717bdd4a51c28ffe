#compdef glow-bridge
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
	'--node=[id of this node (default\: the host name in lower case)]:ID:' \
	'--wifi-power-save=[whether the radio sleeps, so that clock probes wake it; in a container auto cannot see that]:WORD:(auto on off)' \
	'--groups=[groups this node belongs to]:ID,ID:' \
	'--board=[which board; auto takes the one that is there]:WORD:(auto piglow blinkt apa102 virtual terminal)' \
	'--gpio=[road to the Blinkt!'\''s pins]:WORD:(auto spi gpiod sysfs)' \
	'--gpio-chip=[GPIO chip by label or path (default\: the Pi'\''s own)]:CHIP:' \
	'--pin-data=[Blinkt! data line, BCM number]:LINE:' \
	'--pin-clock=[Blinkt! clock line, BCM number]:LINE:' \
	'--i2c=[road to the PiGlow]:WORD:(auto dev gpio leds)' \
	'--i2c-bus=[I2C bus of the PiGlow]:DEVICE:' \
	'--pin-sda=[data line for I2C over GPIO]:LINE:' \
	'--pin-scl=[clock line for I2C over GPIO]:LINE:' \
	'--pixels=[LEDs of a strip; of a virtual or terminal row too, 0 for --virtual-pixels]:N:' \
	'--spi=[SPI bus of a strip]:DEVICE:' \
	'--spi-hz=[clock of a strip]:HZ:' \
	'--color-order=[order of the colours in a strip'\''s LEDs]:WORD:(bgr brg gbr grb rbg rgb)' \
	'--white-balance=[per cent of each colour at which the LEDs'\'' white is white]:R,G,B:' \
	'--sysfs=[root of the sysfs to use]:DIR:' \
	'--virtual-out=[append each frame to this file, a JSON line each]:FILE:_files' \
	'--virtual-wire[with what an LED'\''s wire would carry]' \
	'--no-virtual-wire[with what an LED'\''s wire would carry]' \
	'--virtual-pixels=[length of a virtual or terminal row]:N:' \
	'--virtual-shape=[shape of a virtual or terminal board]:WORD:(blinkt piglow)' \
	'--idle=[shown while nothing else is\: blue, cpu, progress 40%, rainbow …]:WORDS:' \
	'--fps=[frames a second while something moves]:N:' \
	'--cpu-limit=[of a frame'\''s time, what drawing and writing it may take of a processor; a node that needs more draws every 2nd, 4th … frame]:PERCENT:' \
	'--time-offset-ms=[show everything this much later (earlier below 0)]:MS:' \
	'--reverse[the board is mounted the other way round]' \
	'--no-reverse[the board is mounted the other way round]' \
	'--lost-indicator=[pixel\: one dim pixel tells that the broker is lost]:WORD:(off pixel)' \
	'--on-exit=[the LEDs when the program ends, and before its first frame]:WORD:(clear keep)' \
	'--brightness-limit=[what full brightness shines as]:N:' \
	'--current-limit-ma=[most supply current; 0 for no limit, -1 for the board'\''s own safe one]:MA:' \
	'--flash-limit=[at most three flashes a second (WCAG 2.3.1)]:WORD:(on off)' \
	'--log-level=[how much is told]:WORD:(error warning info debug)' \
	'--log-format=[form of a line on standard error]:WORD:(text json)' \
	'--doctor[say what is missing, and how to mend it]' \
	'--check-config[check options and environment, and do nothing]' \
	'--print-config[every value and where it came from]' \
	'--list-effects[every effect and its parameters]' \
	'--list-boards[every board]' \
	'--healthcheck[ask the running bridge of this node whether it is well]' \
	'--help[show this list]' \
	'-h[show this list]' \
	'--version[show the version]' \
	'-V[show the version]' \
	'--man[write the manual page (troff)]' \
	'--bash-completion[write the completion for bash]' \
	'--zsh-completion[the same for zsh]' \
	'--fish-completion[the same for fish]')
_arguments -C "$common[@]"
