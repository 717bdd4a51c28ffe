# bash completion for glowctl
_glowctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words= word command=
	local skip= spot= spots=() n=0
	COMPREPLY=()
	if [ "$cur" = '=' ]; then
		cur=
	elif [ "$prev" = '=' ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if [ "$skip" ]; then
			skip=
			[ "$word" != '=' ] || skip=1
			continue
		fi
		case "$command/$word" in
		/play | /stop | /set | /notify | /identify | /dim | /nodes | /watch | /effects | /order | /reverse | /gap | /title | /preset | /schedule | /undo | /forget | /sync | /doctor | /bench | /export | /import | /names) command=$word; continue ;;
		esac
		case "$word" in
		--broker | --username | --password | --ca-file | --cert-file | --key-file | --prefix | --log-level | --log-format | --param | --span | --node | --group | --fade-ms | --for-s | --id | --ttl-s | --priority | --wait-s | --svg | --fps | --note-file | --board | --only | --title | --days | --discovery) skip=1 ;;
		-*) ;;
		*) [ ! "$command" ] || n=$((n + 1)) ;;
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
	--node) spot='@nodes' ;;
	--group) spot='@groups' ;;
	--fade-ms) return ;;
	--for-s) return ;;
	--id) spot='@scenes' ;;
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
		'') words+=' play stop set notify identify dim nodes watch effects order reverse gap title preset schedule undo forget sync doctor bench export import names' ;;
		play) words+=' --param --span --node --group --fade-ms --for-s --id --take --no-take --force --no-force' spots=('@looks') ;;
		stop) words+=' --fade-ms' spots=('@scenes') ;;
		set) words+=' --param --force --no-force --fade-ms' spots=('@targets' '@looks|on|off|toggle|auto') ;;
		notify) words+=' --param --ttl-s --priority --id --clear --no-clear --force --no-force' spots=('@targets' '@looks') ;;
		identify) words+=' --ttl-s --force --no-force' spots=('@targets') ;;
		dim) words+=' --for-s' spots=('on|off') ;;
		nodes) words+=' --wait-s --json --no-json' ;;
		watch) words+=' --for-s --svg --fps --note-file --plain --no-plain' ;;
		effects) words+=' --board --param --span --fps --plain --no-plain --for-s --json --no-json' spots=('list|show|put|rm|check|preview|watch' '@texts|@shipped|FILE') ;;
		order) words+=' --reset --no-reset --force --no-force --json --no-json' spots=('@nodes') ;;
		reverse) words+=' --reset --no-reset --force --no-force' spots=('@nodes' 'on|off') ;;
		gap) words+=' --reset --no-reset --force --no-force' spots=('@nodes') ;;
		title) words+=' --reset --no-reset --force --no-force' spots=('@nodes') ;;
		preset) words+=' --node --group --only --title --fade-ms --json --no-json' spots=('list|save|apply|show|rm|export|import' '@presets|FILE') ;;
		schedule) words+=' --days --title --fade-ms --json --no-json' spots=('list|set|show|on|off|rm|export|import' '@schedules|FILE' 'sunrise|sunset' 'preset|play|dim' '@presets|@looks') ;;
		undo) words+=' --fade-ms' ;;
		forget) words+=' --force --no-force --discovery' spots=('@nodes|cluster') ;;
		sync) words+=' --wait-s --json --no-json' ;;
		doctor) words+=' --wait-s --json --no-json' ;;
		bench) words+=' --json --no-json' ;;
		export) words+='' spots=('FILE') ;;
		import) words+=' --dry-run --no-dry-run' spots=('FILE') ;;
		names) words+='' spots=('nodes|groups|targets|effects|texts|shipped|colors|looks|presets|schedules|scenes') ;;
		esac
		if [ "${cur#-}" = "$cur" ] && [ ${#spots[@]} -gt 0 ]; then
			words=
			spot=${spots[n < ${#spots[@]} ? n : ${#spots[@]} - 1]}
		fi ;;
	esac
	for word in ${spot//|/ }; do
		case "$word" in
		FILE) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
		@*) words+=" $("${COMP_WORDS[0]}" names "${word#@}" 2>/dev/null | tr '\n' ' ')" ;;
		*) words+=" $word" ;;
		esac
	done
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _glowctl glowctl
