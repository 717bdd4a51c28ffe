# bash completion for glowctl
_glowctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words= word command=
	COMPREPLY=()
	if [ "$cur" = '=' ]; then
		cur=
	elif [ "$prev" = '=' ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case "$word" in
		play | stop | set | notify | identify | dim | nodes | watch | effects | order | reverse | gap | title | preset | schedule | undo | forget) command=$word; break ;;
		esac
	done
	case "$prev" in
	--broker) return ;;
	--username) return ;;
	--password) return ;;
	--ca-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--cert-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--key-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--prefix) return ;;
	--log-level) words='error warning info debug' ;;
	--log-format) words='text json' ;;
	--param) return ;;
	--span) words='cluster node' ;;
	--node) return ;;
	--group) return ;;
	--fade-ms) return ;;
	--for-s) return ;;
	--id) return ;;
	--ttl-s) return ;;
	--priority) return ;;
	--wait-s) return ;;
	--svg) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--fps) return ;;
	--note-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--board) return ;;
	--only) words='lights scenes' ;;
	--title) return ;;
	--days) return ;;
	--discovery) return ;;
	*)
		words=' --broker --username --password --ca-file --cert-file --key-file --prefix --log-level --log-format --help --version --man --bash-completion --zsh-completion --fish-completion'
		case "$command" in
		'') words+=' play stop set notify identify dim nodes watch effects order reverse gap title preset schedule undo forget' ;;
		play) words+=' --param --span --node --group --fade-ms --for-s --id --take --no-take --force --no-force' ;;
		stop) words+=' --fade-ms' ;;
		set) words+=' --param --force --no-force --fade-ms' ;;
		notify) words+=' --param --ttl-s --priority --id --clear --no-clear --force --no-force' ;;
		identify) words+=' --ttl-s --force --no-force' ;;
		dim) words+=' --for-s' ;;
		nodes) words+=' --wait-s --json --no-json' ;;
		watch) words+=' --for-s --svg --fps --note-file --plain --no-plain' ;;
		effects) words+=' --board --param --span --fps --plain --no-plain --for-s' ;;
		order) words+=' --reset --no-reset --force --no-force' ;;
		reverse) words+=' --reset --no-reset --force --no-force' ;;
		gap) words+=' --reset --no-reset --force --no-force' ;;
		title) words+=' --reset --no-reset --force --no-force' ;;
		preset) words+=' --node --group --only --title --fade-ms' ;;
		schedule) words+=' --days --title --fade-ms' ;;
		undo) words+=' --fade-ms' ;;
		forget) words+=' --force --no-force --discovery' ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _glowctl glowctl
