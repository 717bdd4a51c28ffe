// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* One effect in text: reading and writing it, what it would show, and what becomes of it. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Editor as Typed } from "../editor/editor";
import type { ClusterView, CommandView } from "../model/cluster";
import { type Draft, keeping, settled, type Standing, standingOf, taking } from "../model/drafts";
import type { Check, EffectText, ParamValue } from "../model/messages";
import { fitting, type Look } from "../model/preview";
import { Choice, ColorField, ParamFields, Segments, TextField } from "./controls";
import { Editor } from "./Editor";
import { send, useSession, type Selection } from "./hooks";
import { Outcome } from "./Outcome";
import { Trial } from "./Trial";

type Good = Exclude<Check, { mistake: object }>;

const NAME_MAX = 31;

const STANDINGS: Record<Standing, string> = {
	new: "not saved yet",
	taken: "not saved yet",
	saved: "saved",
	changed: "changed, not saved",
	elsewhere: "changed, not saved",
	removed: "not saved any more",
};

/** Calls back once, when the command of that key has been accepted; a late answer counts. */
function useAccepted(commands: readonly CommandView[], job: { key: number; then: () => void } | null, done: () => void) {
	useEffect(() => {
		const status = job && commands.find(({ key }) => key === job.key)?.status;
		if (!job || !status || status === "pending" || status === "unanswered") return;
		done();
		if (status === "accepted") job.then();
	}, [commands, job]);
}

/** Where an effect shows: scenes by their ids, and boards that have it as their light. */
function usesOf(name: string, { scenes, nodes }: ClusterView): string[] {
	const has = (looks: readonly { effect: string | null }[]) => looks.some(({ effect }) => effect === name);
	return [
		...scenes.filter((scene) => has(scene.playlist ?? [scene])).map(({ id }) => `scene ${id}`),
		...nodes.filter(({ online, state }) => online && state?.effect === name).map(({ id }) => id),
	];
}

/** What others did to the text meanwhile. */
function Elsewhere({ standing, draft, saved, onDraft, onLeave }: { standing: Standing; draft: Draft; saved: EffectText | undefined; onDraft: (draft: Draft) => void; onLeave: () => void }) {
	if (standing !== "elsewhere" && standing !== "removed") return null;
	const what = standing === "elsewhere" ? "changed" : "removed";
	return (
		<div class="note row">
			<span>
				{draft.name} was {what} elsewhere. Here is still what you had.
			</span>
			<button type="button" class="quiet-do" onClick={() => (standing === "elsewhere" ? onDraft(taking(draft, saved)) : onLeave())}>
				{standing === "elsewhere" ? "Take theirs" : "Let it go"}
			</button>
			<button type="button" class="quiet-do" onClick={() => onDraft(keeping(draft, saved))}>
				Keep mine
			</button>
		</div>
	);
}

/** Says what is wrong, or what it costs. */
function Verdict({ check, text, view }: { check: Check; text: string; view: ClusterView }) {
	const { cluster } = useSession();
	const words = useMemo(() => cluster.words(), [cluster]);
	const bytes = useMemo(() => new TextEncoder().encode(text).length, [text]);
	const { mistake } = check;
	if (mistake) {
		const at = mistake.line ? `${mistake.line}:${mistake.column}: ` : "";
		return (
			<p class="verdict bad" role="status">
				{at}
				{mistake.what}
			</p>
		);
	}
	const { pixel, frame } = check.cost;
	const over = view.nodes.filter(({ info }) => info && info.pixels * pixel + frame > words.steps).map(({ id }) => id);
	return (
		<p class="verdict" role="status">
			{pixel} {pixel === 1 ? "step" : "steps"} a pixel, {frame} a frame · {bytes} of {words.bytes} bytes
			{over.length > 0 && <span class="bad"> · too much for {over.join(", ")}</span>}
		</p>
	);
}

function Removal({ name, view, onRemove, onStay }: { name: string; view: ClusterView; onRemove: () => void; onStay: () => void }) {
	const uses = usesOf(name, view);
	const first = useRef<HTMLButtonElement>(null);
	useEffect(() => first.current?.focus(), []);
	return (
		<div class="note row" role="group" aria-label="removing">
			<span>
				Remove {name} from the cluster?
				{uses.length > 0 && ` It shows now: ${uses.join(", ")}. Scenes then show the idle display in its place, and lights let go.`}
			</span>
			<button ref={first} type="button" class="quiet-do" onClick={onRemove}>
				Remove it
			</button>
			<button type="button" class="quiet-do" onClick={onStay}>
				Leave it
			</button>
		</div>
	);
}

type How = "cluster" | "node" | "light";

const HOWS: readonly (readonly [How, string])[] = [
	["cluster", "Scene, one strip"],
	["node", "Scene, each alike"],
	["light", "Light"],
];

/** Whom a choice of Play names. */
function whomOf(where: string): Selection {
	if (where.startsWith("group ")) return { kind: "group", group: where.slice(6) };
	return where.startsWith("board ") ? { kind: "nodes", ids: [where.slice(6)] } : { kind: "all" };
}

const targetOf = (whom: Selection): object =>
	whom.kind === "group" ? { target: { groups: [whom.group] } } : whom.kind === "nodes" ? { target: { nodes: whom.ids } } : {};

interface PlayerProps {
	view: ClusterView;
	how: How;
	onHow: (how: How) => void;
	where: string;
	onWhere: (where: string) => void;
	/** What the button says, and whether it may be pressed. */
	play: string;
	may: boolean;
	onPlay: () => void;
	sent: readonly number[];
}

function Player({ view, how, onHow, where, onWhere, play, may, onPlay, sent }: PlayerProps) {
	const places: [string, string][] = [
		["all", "all boards"],
		...view.groups.map((group): [string, string] => [`group ${group}`, `group ${group}`]),
		...view.nodes.map(({ id }): [string, string] => [`board ${id}`, id]),
	];
	return (
		<>
			<Segments label="how it plays" value={how} options={HOWS} onChange={onHow} />
			<Choice label="on" value={where} options={places} onChange={onWhere} />
			<div class="row">
				<button type="button" class="do" disabled={!may} title="Ctrl-Enter in the text" onClick={onPlay}>
					{play}
				</button>
				<Outcome view={view} keys={sent} />
			</div>
		</>
	);
}

function NameField({ name, trouble, taken, onName }: { name: string; trouble: string; taken: boolean; onName: (name: string) => void }) {
	return (
		<div>
			<TextField label="name" value={name} max={NAME_MAX} onChange={onName} />
			<p class={trouble ? "trouble" : "quiet"} role="status">
				{trouble || (taken ? `There is an effect ${name}: saving takes its place.` : "")}
			</p>
		</div>
	);
}

interface WorkbenchProps {
	view: ClusterView;
	draft: Draft;
	/** It is to be saved under a name that can still be chosen. */
	fresh: boolean;
	onDraft: (draft: Draft) => void;
	/** This is saved now; `draft` is what has been typed by then. */
	onSaved: (name: string, text: string, draft: Draft) => void;
	onDuplicate: () => void;
	/** There is no such text any more. */
	onLeave: () => void;
}

export function Workbench({ view, draft, fresh, onDraft, onSaved, onDuplicate, onLeave }: WorkbenchProps) {
	const { cluster } = useSession();
	const reach = useRef<Typed | null>(null);
	const latest = useRef(draft);
	latest.current = draft;
	const saved = view.texts.find(({ name }) => name === draft.name);
	const [values, setValues] = useState<Record<string, ParamValue>>({});
	const [color, setColor] = useState("#ff8000");
	const [how, setHow] = useState<How>("cluster");
	const [where, setWhere] = useState("all");
	const [saving, setSaving] = useState<number[]>([]);
	const [playing, setPlaying] = useState<number[]>([]);
	const [removing, setRemoving] = useState(false);
	const [turn, setTurn] = useState(0);
	const [job, setJob] = useState<{ key: number; then: () => void } | null>(null);
	useAccepted(view.commands, job, () => setJob(null));
	const mayCommand = view.mayCommand === true;

	const check = useMemo(() => cluster.check(draft.text), [cluster, draft.text]);
	const good = useRef<{ text: string; check: Good } | null>(null);
	if (!check.mistake) good.current = { text: draft.text, check };
	const nameTrouble = useMemo(() => (fresh ? cluster.nameTrouble(draft.name) : ""), [cluster, fresh, draft.name]);
	const params = good.current?.check.params ?? [];
	const look = useMemo((): Look => ({ params: fitting(params, values), color, span: how === "cluster" ? "cluster" : "node" }), [params, values, color, how]);
	const standing = standingOf(draft, saved);

	useEffect(() => {
		const now = settled(draft, saved);
		if (now !== draft) onDraft(now);
	}, [draft, saved]);

	function replace(by: Draft): void {
		onDraft(by);
		setTurn(turn + 1);
	}

	/* Nothing is sent that the conductor would only refuse. */
	function save(then: () => void): void {
		if (!mayCommand) return;
		if (check.mistake) return reach.current?.focus(check.mistake);
		if (nameTrouble) return;
		const key = cluster.save(draft.name, draft.text);
		setSaving([key]);
		setRemoving(false);
		setJob({
			key,
			then() {
				if (fresh) onSaved(draft.name, draft.text, latest.current);
				then();
			},
		});
	}

	function show(): void {
		const what = { effect: draft.name, params: look.params, ...(params.some(({ name }) => name === "color") ? { color } : {}) };
		const whom = whomOf(where);
		setPlaying(how === "light" ? send(cluster, whom, "set", what) : [cluster.play({ ...what, ...targetOf(whom), span: how, id: "main" })]);
	}

	const play = () => (standing === "saved" ? mayCommand && show() : save(show));

	function remove(): void {
		const key = cluster.remove(draft.name);
		setSaving([key]);
		setRemoving(false);
		setJob({ key, then: onLeave });
	}

	return (
		<section class="workbench card" aria-labelledby="workbench-title">
			<div class="row">
				<a class="back" href="#effects">
					All effects
				</a>
				<h2 id="workbench-title">{fresh ? "A new effect" : draft.name}</h2>
				{mayCommand && <span class={`standing ${standing}`}>{STANDINGS[standing]}</span>}
			</div>
			<div role="status">
				<Elsewhere standing={standing} draft={draft} saved={saved} onDraft={replace} onLeave={onLeave} />
			</div>
			<div class="bench">
				<div class="stack">
					{fresh && mayCommand && <NameField name={draft.name} trouble={nameTrouble} taken={saved !== undefined} onName={(name) => onDraft({ ...draft, name })} />}
					<Editor
						reach={reach}
						text={draft.text}
						turn={turn}
						label={fresh ? "text of a new effect" : `text of ${draft.name}`}
						mistake={check.mistake ?? null}
						readOnly={!mayCommand}
						onText={(text) => onDraft({ ...draft, text })}
						onSave={() => save(() => {})}
						onPlay={play}
					/>
					<Verdict check={check} text={draft.text} view={view} />
					{mayCommand && (
						<div class="row">
							<button type="button" class="do" disabled={standing === "saved" || nameTrouble !== ""} title="Ctrl-S in the text" onClick={() => save(() => {})}>
								Save
							</button>
							<button type="button" class="quiet-do" disabled={draft.base === null || draft.base === draft.text} onClick={() => replace({ ...draft, text: draft.base! })}>
								Revert
							</button>
							<button type="button" class="quiet-do" onClick={onDuplicate}>
								Duplicate
							</button>
							{!fresh && saved && (
								<button type="button" class="quiet-do" onClick={() => setRemoving(true)}>
									Remove
								</button>
							)}
							<Outcome view={view} keys={saving} done="done" />
						</div>
					)}
					{removing && saved && <Removal name={draft.name} view={view} onRemove={remove} onStay={() => setRemoving(false)} />}
				</div>
				<div class="stack">
					{good.current ? <Trial view={view} text={good.current.text} look={look} /> : <p class="empty">The preview begins with the first text that has no mistake.</p>}
					{mayCommand && (
						<>
							{params.some(({ name }) => name !== "color") && (
								<ParamFields effect={{ name: draft.name, params }} values={look.params} onParam={(name, value) => setValues({ ...values, [name]: value })} />
							)}
							{params.some(({ name }) => name === "color") && <ColorField label="colour" value={color} onChange={setColor} />}
							<Player
								view={view}
								how={how}
								onHow={setHow}
								where={where}
								onWhere={setWhere}
								play={standing === "saved" ? "Play" : "Save and play"}
								may={nameTrouble === ""}
								onPlay={play}
								sent={playing}
							/>
						</>
					)}
				</div>
			</div>
		</section>
	);
}
