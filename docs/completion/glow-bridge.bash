# bash completion for glow-bridge
_glow_bridge()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words= word command=
	COMPREPLY=()
	if [ "$cur" = '=' ]; then
		cur=
	elif [ "$prev" = '=' ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case "$prev" in
	--broker) return ;;
	--username) return ;;
	--password) return ;;
	--ca-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--cert-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--key-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--prefix) return ;;
	--discovery) return ;;
	--page) return ;;
	--node) return ;;
	--wifi-power-save) words='auto on off' ;;
	--groups) return ;;
	--board) words='auto piglow blinkt apa102 virtual terminal' ;;
	--gpio) words='auto spi gpiod sysfs' ;;
	--gpio-chip) return ;;
	--pin-data) return ;;
	--pin-clock) return ;;
	--i2c) words='auto dev gpio leds' ;;
	--i2c-bus) return ;;
	--pin-sda) return ;;
	--pin-scl) return ;;
	--pixels) return ;;
	--spi) return ;;
	--spi-hz) return ;;
	--color-order) words='bgr brg gbr grb rbg rgb' ;;
	--white-balance) return ;;
	--sysfs) return ;;
	--virtual-out) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--virtual-pixels) return ;;
	--virtual-shape) words='blinkt piglow' ;;
	--idle) return ;;
	--fps) return ;;
	--cpu-limit) return ;;
	--time-offset-ms) return ;;
	--lost-indicator) words='off pixel' ;;
	--on-exit) words='clear keep' ;;
	--brightness-limit) return ;;
	--current-limit-ma) return ;;
	--flash-limit) words='on off' ;;
	--log-level) words='error warning info debug' ;;
	--log-format) words='text json' ;;
	*)
		words=' --broker --username --password --ca-file --cert-file --key-file --prefix --discovery --page --node --wifi-power-save --groups --board --gpio --gpio-chip --pin-data --pin-clock --i2c --i2c-bus --pin-sda --pin-scl --pixels --spi --spi-hz --color-order --white-balance --sysfs --virtual-out --virtual-wire --no-virtual-wire --virtual-pixels --virtual-shape --idle --fps --cpu-limit --time-offset-ms --reverse --no-reverse --lost-indicator --on-exit --brightness-limit --current-limit-ma --flash-limit --log-level --log-format --doctor --check-config --print-config --list-effects --list-boards --healthcheck --help --version --man --bash-completion --zsh-completion --fish-completion' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _glow_bridge glow-bridge
