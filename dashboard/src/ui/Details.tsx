// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* One board in full. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { ClusterView, NodeView } from "../model/cluster";
import { commandOf, layersOf, linesOf, runsOf } from "../model/details";
import type { Info, Roster, Stats } from "../model/messages";
import { Picture } from "./Board";
import { usePolled, useSeconds, useSession } from "./hooks";
import { duration, lookText, percent, span } from "./text";

const WIDTH = 300;
const HEIGHT = 70;
const SAMPLE_S = 2;
const LEAST_US = 100; // of the plot's height: what is less is no more than noise

function Fact({ name, value }: { name: string; value: string | null }) {
	return (
		<div>
			<dt>{name}</dt>
			<dd>{value ?? "–"}</dd>
		</div>
	);
}

function placeOf({ id }: NodeView, { nodes }: Roster): string | null {
	const at = nodes.find((node) => node.id === id);
	if (!at) return null;
	return `pixels ${at.offset + 1} to ${at.offset + at.pixels}${at.reverse ? ", from its far end" : ""}`;
}

const mounted = ({ reverse }: Info) => (reverse ? "reverse: its first LED is the last" : "as built");

function About({ node, info, roster }: { node: NodeView; info: Info; roster: Roster }) {
	const { brightness, flash } = info.limits;
	const limits = [brightness < 255 ? `brightness ${percent(brightness)}` : "", flash ? "flashes" : ""].filter(Boolean);
	return (
		<section class="card" aria-labelledby="about-title">
			<h3 id="about-title">The board</h3>
			<dl class="facts">
				<Fact name="Kind" value={`${info.board}, ${info.pixels} LEDs`} />
				<Fact name="Driven by" value={info.backend} />
				<Fact name="Version" value={info.version} />
				<Fact name="Groups" value={info.groups.join(", ") || "none"} />
				<Fact name="On the strip" value={placeOf(node, roster)} />
				<Fact name="Mounted" value={mounted(info)} />
				<Fact name="Limited" value={limits.join(", ") || "no"} />
				{info.time_offset_ms !== 0 && <Fact name="Shows" value={`${Math.abs(info.time_offset_ms)} ms ${info.time_offset_ms > 0 ? "late" : "early"}, as it was told`} />}
			</dl>
		</section>
	);
}

const perCent = (value: number) => `${Math.round(value)}%`;

function Machine({ stats }: { stats: Stats | null }) {
	return (
		<section class="card" aria-labelledby="machine-title">
			<h3 id="machine-title">Its Pi</h3>
			<dl class="facts">
				<Fact name="Processor" value={stats && perCent(stats.cpu)} />
				<Fact name="Memory" value={stats && perCent(stats.memory)} />
				<Fact name="Temperature" value={stats && stats.temperature !== null ? `${stats.temperature.toFixed(1)} °C` : null} />
				<Fact name="Frames" value={stats && `${Math.round(stats.fps)} a second${stats.slots_a_frame > 1 ? `, 1 in ${stats.slots_a_frame}` : ""}, ${stats.late} late`} />
				<Fact name="Write time" value={stats && `${duration(stats.write_us)} a frame`} />
			</dl>
		</section>
	);
}

/* What the light of this moment takes. */
function Current({ node, info }: { node: NodeView; info: Info }) {
	const { cluster } = useSession();
	const now = usePolled(() => Math.round(cluster.currentMa(node.id, cluster.nowUs()) ?? 0));
	const limit = info.limits.current_ma;
	return (
		<section class="card" aria-labelledby="current-title">
			<h3 id="current-title">Current, estimated</h3>
			<p>
				<strong>{now} mA</strong>
				<span class="quiet">
					{limit ? ` of ${limit} mA` : ", no limit"}
					{node.state?.limited && ". A limit holds its light back."}
				</span>
			</p>
			{limit > 0 && <meter min={0} max={limit} high={limit * 0.9} value={Math.min(now, limit)} aria-label={`${now} of ${limit} mA`} />}
		</section>
	);
}

function Clock({ node }: { node: NodeView }) {
	const { history } = useSession();
	useSeconds();
	const samples = history.of(node.id);
	const from = samples.findIndex((value) => value !== null);
	const known = from < 0 ? [] : samples.slice(from);
	const most = Math.max(LEAST_US, ...known.map((value) => value ?? 0));
	const sync = node.online ? node.stats?.sync : undefined;
	return (
		<section class="card" aria-labelledby="clock-title">
			<h3 id="clock-title">Its clock</h3>
			<p>
				<strong>{sync && sync.error_us !== null ? `±${duration(sync.error_us)}` : "on its own"}</strong>
				<span class="quiet">{sync?.offset_us ? `, still corrects ${duration(sync.offset_us)}` : ""}</span>
			</p>
			{known.length > 0 && (
				<figure>
					<svg class="line" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
						{runsOf(known, most, WIDTH, HEIGHT - 2).map((points) => (
							<polyline key={points.slice(0, 12)} points={points} />
						))}
					</svg>
					<figcaption class="quiet">
						up to {duration(most)}, the last {span(known.length * SAMPLE_S)}
					</figcaption>
				</figure>
			)}
		</section>
	);
}

function Layers({ node, view }: { node: NodeView; view: ClusterView }) {
	const { cluster } = useSession();
	useSeconds();
	const nowUs = cluster.nowUs();
	const showing = cluster.showing(node.id, nowUs);
	const scenes = view.scenes.filter((scene) => cluster.entryAt(scene, nowUs) !== null);
	const look = (scene: (typeof scenes)[number]) => lookText(scene.playlist ? scene.playlist[cluster.entryAt(scene, nowUs) ?? 0]! : scene, view.effects);
	const { brightness } = view.dim;
	return (
		<section class="card" aria-labelledby="layers-title">
			<h3 id="layers-title">What shows, and why</h3>
			<ol class="layers">
				{layersOf(node, { showing, nowUs, scenes, look }).map(({ name, what, shows, why }) => (
					<li key={`${name} ${what}`} class={shows ? "shows" : ""}>
						<span class="layer">{name}</span>: {what}
						{(shows || why) && <span class="quiet"> – {shows ? "this is seen" : why}</span>}
					</li>
				))}
			</ol>
			{brightness < 255 && <p class="quiet">{brightness ? `The master dimmer takes all of it to ${percent(brightness)}.` : "Blackout: the master dimmer is at 0."}</p>}
		</section>
	);
}

function Line({ name, text }: { name: string; text: string }) {
	const [done, setDone] = useState(false);
	const box = useRef<HTMLElement>(null);
	useEffect(() => {
		if (!done) return;
		const timer = setTimeout(() => setDone(false), 2000);
		return () => clearTimeout(timer);
	}, [done]);
	/* Over plain HTTP a browser lets no page write there: then it is chosen, for the keys that copy. */
	function copy() {
		navigator.clipboard?.writeText(text).then(() => setDone(true), choose);
		if (!navigator.clipboard) choose();
	}
	const choose = () => getSelection()?.selectAllChildren(box.current!);
	return (
		<div class="copy">
			<pre tabIndex={0} aria-label={`as ${name}`}>
				<code ref={box}>{text}</code>
			</pre>
			<button type="button" class="quiet-do" onClick={copy}>
				{done ? "Copied" : "Copy"}
				<span class="unseen"> as {name}</span>
			</button>
		</div>
	);
}

function Copies({ node, view }: { node: NodeView; view: ClusterView }) {
	const { cluster, user } = useSession();
	if (!node.state) return null;
	const lines = linesOf(cluster.prefix, location.hostname, user, node.id, commandOf(node.state, view.effects));
	return (
		<section class="card wide" aria-labelledby="copies-title">
			<h3 id="copies-title">This light, for a terminal</h3>
			<Line name="mosquitto_pub" text={lines.mosquitto} />
			<Line name="glowctl" text={lines.glowctl} />
		</section>
	);
}

function Full({ node, view }: { node: NodeView; view: ClusterView }) {
	const { cluster } = useSession();
	return (
		<div class="details-cards">
			<div class="board big">
				<Picture node={node} pictures={cluster} />
			</div>
			<Layers node={node} view={view} />
			{node.info && <Current node={node} info={node.info} />}
			<Clock node={node} />
			<Machine stats={node.online ? node.stats : null} />
			{node.info && <About node={node} info={node.info} roster={view.roster} />}
			{view.mayCommand && <Copies node={node} view={view} />}
		</div>
	);
}

/** `id` is the board's; `onOpen` is called for each that is opened. */
export function Details({ id, view, onOpen }: { id: string; view: ClusterView; onOpen: (id: string) => void }) {
	const node = view.nodes.find((one) => one.id === id);
	useEffect(() => onOpen(id), [id]);
	return (
		<section class="details" aria-label={`all of ${id}`}>
			<a class="back" href="#shelf">
				‹ All boards
			</a>
			<h2>{id}</h2>
			{node?.info?.problem && <p class="trouble">Dark: {node.info.problem}</p>}
			{node && !node.online && <p class="quiet">Offline. This is what it last said of itself.</p>}
			{node ? <Full key={id} node={node} view={view} /> : <p class="empty">There is no board {id} here.</p>}
		</section>
	);
}
