# bash completion for glow-conductor
_glow_conductor()
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
	--uplink) return ;;
	--order) return ;;
	--reverse) return ;;
	--gap) return ;;
	--time-zone) return ;;
	--place) return ;;
	--boot-preset) return ;;
	--grace-s) return ;;
	--metrics) return ;;
	--log-level) words='error warning info debug' ;;
	--log-format) words='text json' ;;
	*)
		words=' --broker --username --password --ca-file --cert-file --key-file --prefix --discovery --page --node --uplink --order --reverse --gap --time-zone --place --boot-preset --grace-s --metrics --log-level --log-format --doctor --check-config --print-config --healthcheck --help --version --man --bash-completion --zsh-completion --fish-completion' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _glow_conductor glow-conductor
