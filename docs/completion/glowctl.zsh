#compdef glowctl
_glowctl_spot() {
	local word
	local -a found
	for word in $@; do
		case $word in
		FILE) _files ;;
		@*) found+=(${(f)"$($service names ${word#@} 2>/dev/null)"}) ;;
		*) found+=($word) ;;
		esac
	done
	(( ! $#found )) || compadd -a found
}
local curcontext=$curcontext state line common=( \
	'--broker=[mqtt\://host\[\:port\] or mqtts\://host\[\:port\]]:URI:' \
	'--username=[account on the broker]:NAME:' \
	'--password=[its password; better in a file]:WORD:' \
	'--ca-file=[certificate authority of an mqtts broker]:FILE:_files' \
	'--cert-file=[our certificate, where the broker asks for one]:FILE:_files' \
	'--key-file=[its key]:FILE:_files' \
	'--prefix=[first levels of every topic]:TOPIC:' \
	'--log-level=[how much is told]:WORD:(error warning info debug)' \
	'--log-format=[form of a line on standard error]:WORD:(text json)' \
	'--help[show this list]' \
	'-h[show this list]' \
	'--version[show the version]' \
	'-V[show the version]' \
	'--man[write the manual page (troff)]' \
	'--bash-completion[write the completion for bash]' \
	'--zsh-completion[the same for zsh]' \
	'--fish-completion[the same for fish]')
_arguments -C "$common[@]" \
	'1: :->command' '*:: :->argument'
case $state in
command) _values command \
	'play[play an animation across the cluster]' \
	'stop[end it again]' \
	'set[set a node'\''s own light, a group'\''s, or all]' \
	'notify[lay a notice over what shows, for a while]' \
	'identify[make a node stand out, so that a person finds it]' \
	'dim[dim everything, whatever it shows]' \
	'nodes[list the nodes and who leads them]' \
	'watch[show the cluster live in this terminal]' \
	'effects[effects that the cluster has as texts]' \
	'order[show or set the order of the boards on the strip]' \
	'reverse[turn a board round, whose last pixel comes first]' \
	'gap[leave pixels free behind a board]' \
	'title[give a board a name for people]' \
	'preset[what shows, kept under a name to be shown again]' \
	'schedule[what shows by itself, by clock and sun]' \
	'undo[take back the last change of lights, scenes or dimmer]' \
	'forget[clear what the broker keeps of a node, or of the cluster, that is gone]' \
	'sync[how well the nodes'\'' clocks agree]' \
	'doctor[what is wrong with the cluster, and what to do]' \
	'bench[measure how fast messages go through the cluster]' \
	'export[write all that people made of the cluster into a file]' \
	'import[give the cluster what export wrote]' \
	'names[the names that a cluster has, a line each]' ;;
argument) case $words[1] in
	play) _arguments "$common[@]" '*: : _glowctl_spot @looks' \
	'--param=[a parameter of the effect; may be given several times]:NAME=VALUE:' \
	'--span=[one strip across all boards, or every board alike]:WORD:(cluster node)' \
	'--node=[on these nodes only]:ID,...: _glowctl_spot @nodes' \
	'--group=[on the nodes of these groups only]:ID,...: _glowctl_spot @groups' \
	'--fade-ms=[cross-fade at the beginning and the end]:MS:' \
	'--for-s=[end by itself after so many seconds]:S:' \
	'--id=[name of the scene (main by default); a later one of that name replaces it]:ID: _glowctl_spot @scenes' \
	'--take[make lights that were set earlier let go, so that the scene shows]' \
	'--no-take[make lights that were set earlier let go, so that the scene shows]' \
	'--force[also when nobody of that name is known]' \
	'--no-force[also when nobody of that name is known]' ;;
	stop) _arguments "$common[@]" '*: : _glowctl_spot @scenes' \
	'--fade-ms=[let it fade for so long]:MS:' ;;
	set) _arguments "$common[@]" '1: : _glowctl_spot @targets' '*: : _glowctl_spot @looks on off toggle auto' \
	'--param=[a parameter of the effect; may be given several times]:NAME=VALUE:' \
	'--force[also when nobody of that name is known]' \
	'--no-force[also when nobody of that name is known]' \
	'--fade-ms=[cross-fade from what shows now]:MS:' ;;
	notify) _arguments "$common[@]" '1: : _glowctl_spot @targets' '*: : _glowctl_spot @looks' \
	'--param=[a parameter of the effect; may be given several times]:NAME=VALUE:' \
	'--ttl-s=[how long it stays; 5 when not given]:S:' \
	'--priority=[the highest shows; 5 when not given]:N:' \
	'--id=[name of the notice; a later one of that name replaces it]:ID:' \
	'--clear[remove the notice of that id]' \
	'--no-clear[remove the notice of that id]' \
	'--force[also when nobody of that name is known]' \
	'--no-force[also when nobody of that name is known]' ;;
	identify) _arguments "$common[@]" '*: : _glowctl_spot @targets' \
	'--ttl-s=[for so many seconds; 5 when not given]:S:' \
	'--force[also when nobody of that name is known]' \
	'--no-force[also when nobody of that name is known]' ;;
	dim) _arguments "$common[@]" '*: : _glowctl_spot on off' \
	'--for-s=[then full light again]:S:' ;;
	nodes) _arguments "$common[@]" '*: :' \
	'--wait-s=[wait until every online node has reported its frames and its clock, at most so long; they do so every ten seconds]:S:' \
	'--json[for programs]' \
	'--no-json[for programs]' ;;
	watch) _arguments "$common[@]" '*: :' \
	'--for-s=[leave after so many seconds; 0 stays]:S:' \
	'--svg=[when leaving, draw the cluster into this file]:FILE:_files' \
	'--fps=[how often the screen is drawn in a second]:N:' \
	'--note-file=[show its lines above the boards; it is read again every second]:FILE:_files' \
	'--plain[no colours and no screen\: lines of text every five seconds]' \
	'--no-plain[no colours and no screen\: lines of text every five seconds]' ;;
	effects) _arguments "$common[@]" '1: : _glowctl_spot list show put rm check preview watch' '*: : _glowctl_spot @texts @shipped FILE' \
	'--board=[preview\: N boards of that name, or strips of so many pixels; blinkt\:5 when not given]:BOARD[\:N],...:' \
	'--param=[a parameter of the effect; may be given several times]:NAME=VALUE:' \
	'--span=[preview\: one strip across all boards, or every board alike]:WORD:(cluster node)' \
	'--fps=[preview\: how often it is drawn in a second; 30 when not given]:N:' \
	'--plain[preview\: no picture, a line for each save]' \
	'--no-plain[preview\: no picture, a line for each save]' \
	'--for-s=[preview, watch\: leave after so many seconds]:S:' \
	'--json[list\: for programs]' \
	'--no-json[list\: for programs]' ;;
	order) _arguments "$common[@]" '*: : _glowctl_spot @nodes' \
	'--reset[back to the conductor'\''s --order]' \
	'--no-reset[back to the conductor'\''s --order]' \
	'--force[also when nobody of that name is known]' \
	'--no-force[also when nobody of that name is known]' \
	'--json[without a name\: for programs]' \
	'--no-json[without a name\: for programs]' ;;
	reverse) _arguments "$common[@]" '1: : _glowctl_spot @nodes' '*: : _glowctl_spot on off' \
	'--reset[back to the conductor'\''s --reverse]' \
	'--no-reset[back to the conductor'\''s --reverse]' \
	'--force[also when nobody of that name is known]' \
	'--no-force[also when nobody of that name is known]' ;;
	gap) _arguments "$common[@]" '*: : _glowctl_spot @nodes' \
	'--reset[back to the conductor'\''s --gap]' \
	'--no-reset[back to the conductor'\''s --gap]' \
	'--force[also when nobody of that name is known]' \
	'--no-force[also when nobody of that name is known]' ;;
	title) _arguments "$common[@]" '*: : _glowctl_spot @nodes' \
	'--reset[no title]' \
	'--no-reset[no title]' \
	'--force[also when nobody of that name is known]' \
	'--no-force[also when nobody of that name is known]' ;;
	preset) _arguments "$common[@]" '1: : _glowctl_spot list save apply show rm export import' '*: : _glowctl_spot @presets FILE' \
	'--node=[save\: the lights of these nodes only, and no scenes]:ID,...: _glowctl_spot @nodes' \
	'--group=[save\: the lights of the nodes of these groups only, and no scenes]:ID,...: _glowctl_spot @groups' \
	'--only=[save\: the lights alone, or the scenes]:WORD:(lights scenes)' \
	'--title=[save\: a name for people, in any script]:TEXT:' \
	'--fade-ms=[apply\: cross-fade for so long; a second by default]:MS:' \
	'--json[list\: for programs]' \
	'--no-json[list\: for programs]' ;;
	schedule) _arguments "$common[@]" '1: : _glowctl_spot list set show on off rm export import' '2: : _glowctl_spot @schedules FILE' '3: : _glowctl_spot sunrise sunset' '4: : _glowctl_spot preset play dim' '*: : _glowctl_spot @presets @looks' \
	'--days=[set\: on these days only\: mon, tue, wed, thu, fri, sat, sun]:DAY,...:' \
	'--title=[set\: a name for people, in any script]:TEXT:' \
	'--fade-ms=[set\: the cross-fade of a preset]:MS:' \
	'--json[list\: for programs]' \
	'--no-json[list\: for programs]' ;;
	undo) _arguments "$common[@]" '*: :' \
	'--fade-ms=[cross-fade for so long; a second by default]:MS:' ;;
	forget) _arguments "$common[@]" '*: : _glowctl_spot @nodes cluster' \
	'--force[also a node, or a cluster whose conductor, is online; what it says next is kept again]' \
	'--no-force[also a node, or a cluster whose conductor, is online; what it says next is kept again]' \
	'--discovery=[prefix of Home Assistant'\''s discovery]:TOPIC:' ;;
	sync) _arguments "$common[@]" '*: :' \
	'--wait-s=[wait until every online node has reported its clock, at most so long; they do so every ten seconds]:S:' \
	'--json[for programs]' \
	'--no-json[for programs]' ;;
	doctor) _arguments "$common[@]" '*: :' \
	'--wait-s=[listen at most so long for the reports of nodes, which come every ten seconds; 12 when not given]:S:' \
	'--json[for programs]' \
	'--no-json[for programs]' ;;
	bench) _arguments "$common[@]" '*: :' \
	'--json[for programs]' \
	'--no-json[for programs]' ;;
	export) _arguments "$common[@]" '*: : _glowctl_spot FILE' ;;
	import) _arguments "$common[@]" '*: : _glowctl_spot FILE' \
	'--dry-run[say what would be done, and do nothing]' \
	'--no-dry-run[say what would be done, and do nothing]' ;;
	names) _arguments "$common[@]" '*: : _glowctl_spot nodes groups targets effects texts shipped colors looks presets schedules scenes' ;;
	esac ;;
esac
