// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The page: the door, and behind it the views of one cluster. */

import { useCallback, useEffect, useState } from "preact/hooks";
import type { Core } from "./core";
import { createStage } from "./draw/stage";
import { createHistory } from "./history";
import { openLink } from "./link";
import { createCluster, type ClusterView, type LinkState } from "./model/cluster";
import { Board } from "./ui/Board";
import { Events } from "./ui/Events";
import { Header, VIEWS, type ViewName } from "./ui/Header";
import { DeskContext, useDesk, useView, type Desk, type Target } from "./ui/hooks";
import { Login } from "./ui/Login";
import { Panel } from "./ui/Panel";
import { Scenes } from "./ui/Scenes";
import { Strip } from "./ui/Strip";
import { Sync } from "./ui/Sync";

/** Told by the server beside the page. */
export interface Site {
	prefix: string;
}

function useHere(): ViewName {
	const read = () => VIEWS.find(([name]) => name === location.hash.slice(1))?.[0] ?? "shelf";
	const [here, setHere] = useState<ViewName>(read);
	useEffect(() => {
		const moved = () => setHere(read());
		addEventListener("hashchange", moved);
		return () => removeEventListener("hashchange", moved);
	}, []);
	return here;
}

const SETTLE_MS = 2500;

/** What is retained takes a moment to come in: only then is what did not come missing. */
function useSettled(view: ClusterView): boolean {
	const online = view.link.state === "online";
	const [settled, setSettled] = useState(false);
	useEffect(() => {
		if (!online) return;
		const timer = setTimeout(() => setSettled(true), SETTLE_MS);
		return () => {
			clearTimeout(timer);
			setSettled(false);
		};
	}, [online]);
	return settled;
}

function noteOn({ link, conductor }: ClusterView, settled: boolean): string | null {
	if (link.state === "lost") return `No connection: ${link.why}. Trying again; the pictures go on by what is known.`;
	if (link.state === "connecting") return "Connecting again…";
	if (conductor.leads || !settled) return null;
	if (conductor.online && conductor.info?.state === "adopting") return "A conductor is asking the boards for the time.";
	return "There is no conductor: no scene can be played, and boards of a group change one after the other.";
}

function Note({ view, settled }: { view: ClusterView; settled: boolean }) {
	const note = noteOn(view, settled);
	return <div role="status">{note && <p class="note">{note}</p>}</div>;
}

function NoBoards({ settled }: { settled: boolean }) {
	if (!settled) return <p class="empty">Looking for boards…</p>;
	return (
		<div class="empty">
			<p>No boards yet. Each is there as soon as its bridge has reached the broker:</p>
			<pre tabIndex={0}>glow-bridge --broker mqtt://… --node pi1</pre>
		</div>
	);
}

const sizeFor = (boards: number): string => (boards <= 9 ? "few" : boards <= 24 ? "" : "many");

function Shelf({
	view,
	settled,
	target,
	onTarget,
}: {
	view: ClusterView;
	settled: boolean;
	target: Target;
	onTarget: (target: Target) => void;
}) {
	const chosen = target.kind === "nodes" ? target.ids : [];
	const select = useCallback(
		(id: string) => {
			const ids = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
			onTarget(ids.length ? { kind: "nodes", ids } : { kind: "all" });
		},
		[chosen.join(" "), onTarget],
	);
	const isIn = (id: string) => chosen.includes(id);
	if (!view.nodes.length) return <NoBoards settled={settled} />;
	return (
		<ul class={`shelf ${sizeFor(view.nodes.length)}`} aria-label="boards">
			{view.nodes.map((node) => (
				<Board key={node.id} node={node} selected={isIn(node.id)} onSelect={view.mayCommand ? select : undefined} />
			))}
		</ul>
	);
}

function Views() {
	const { cluster } = useDesk();
	const view = useView(cluster);
	const here = useHere();
	const settled = useSettled(view);
	const [target, setTarget] = useState<Target>({ kind: "all" });
	const panel = view.mayCommand && view.nodes.length > 0 && (here === "shelf" || here === "strip");
	return (
		<>
			<Header view={view} here={here} />
			<main class={`view${view.link.state === "online" ? "" : " away"}`}>
				<Note view={view} settled={settled} />
				<div class={panel ? "with-panel" : ""}>
					{here === "shelf" && <Shelf view={view} settled={settled} target={target} onTarget={setTarget} />}
					{here === "strip" && <Strip roster={view.roster} />}
					{here === "scenes" && <Scenes view={view} selection={target} />}
					{here === "sync" && <Sync view={view} />}
					{here === "events" && <Events view={view} />}
					{panel && <Panel view={view} target={target} onTarget={setTarget} />}
				</div>
			</main>
		</>
	);
}

interface Session extends Desk {
	close(): void;
}

function open(core: Core, site: Site, user: string, password: string, logOut: () => void): Session {
	const cluster = createCluster(core, { prefix: site.prefix });
	const stage = createStage(cluster);
	const history = createHistory(cluster);
	const link = openLink(cluster, { url: new URL("/mqtt", location.href).href.replace(/^http/, "ws"), username: user, password });
	Object.assign(globalThis, { glowswarm: { cluster, stage } }); // for a look from the console, and for tests
	return {
		cluster,
		stage,
		history,
		user,
		logOut,
		close() {
			link.close();
			history.close();
			stage.close();
			cluster.close();
		},
	};
}

/* From the first try of a log-in until it is inside or given up. */
function useEntered(session: Session | null): { link: LinkState | null; entered: boolean } {
	const [now, setNow] = useState<{ session: Session | null; link: LinkState | null; entered: boolean }>({
		session: null,
		link: null,
		entered: false,
	});
	useEffect(() => {
		if (!session) return;
		const look = () => {
			const { link, mayCommand } = session.cluster.view;
			setNow((was) => {
				const entered = link.state !== "refused" && ((was.session === session && was.entered) || (link.state === "online" && mayCommand !== null));
				return { session, link, entered };
			});
		};
		const stop = session.cluster.subscribe(look);
		look();
		return stop;
	}, [session]);
	return now.session === session ? now : { link: null, entered: false };
}

export function App({ core, site }: { core: Core; site: Site }) {
	const [session, setSession] = useState<Session | null>(null);
	const [user, setUser] = useState("viewer");
	const { link, entered } = useEntered(session);

	const leave = () =>
		setSession((s) => {
			s?.close();
			return null;
		});
	function logIn(name: string, password: string) {
		session?.close();
		setUser(name);
		setSession(open(core, site, name, password, leave));
	}

	if (session && entered)
		return (
			<DeskContext.Provider value={session}>
				<Views />
			</DeskContext.Provider>
		);
	return <Login link={link} user={user} onLogin={logIn} onCancel={leave} />;
}
