// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The page: the log-in, and behind it the views of one cluster. */

import { useCallback, useEffect, useState } from "preact/hooks";
import type { Core } from "./core";
import { createRenderer } from "./draw/renderer";
import { createHistory } from "./history";
import { openLink } from "./link";
import { createCluster, type ClusterView, type LinkState } from "./model/cluster";
import type { Draft } from "./model/drafts";
import { Details } from "./ui/Details";
import { Effects } from "./ui/Effects";
import { Events } from "./ui/Events";
import { Header, VIEWS, type ViewName } from "./ui/Header";
import { SessionContext, useSession, useView, type Session, type Selection } from "./ui/hooks";
import { Login } from "./ui/Login";
import { Panel } from "./ui/Panel";
import { Scenes } from "./ui/Scenes";
import { Shelf, TROUBLE } from "./ui/Shelf";
import { Strip } from "./ui/Strip";
import { Sync } from "./ui/Sync";

/** Told by the server beside the page. */
export interface Site {
	prefix: string;
}

/** The view, and what of it: #effects/aurora. */
interface Here {
	readonly name: ViewName;
	readonly place: string;
}

function useHere(): Here {
	const read = (): Here => {
		const [view, place = ""] = location.hash.slice(1).split("/");
		return { name: VIEWS.find(([name]) => name === view)?.[0] ?? "shelf", place };
	};
	const [here, setHere] = useState<Here>(read);
	useEffect(() => {
		const moved = () => setHere(read());
		addEventListener("hashchange", moved);
		return () => removeEventListener("hashchange", moved);
	}, []);
	return here;
}

const SETTLE_MS = 2500;

/** What is retained takes a moment to arrive. Only after that does it mean something that a message did not come. */
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
	if (link.state === "lost") return `No connection: ${link.why}. Trying again; until then the pictures follow what is known.`;
	if (link.state === "connecting") return "Connecting again…";
	if (conductor.leads || !settled) return null;
	if (conductor.online && conductor.info?.state === "adopting") return "A conductor is asking the boards for the time.";
	return "There is no conductor: no scene can be played, and the boards of a group change one after another.";
}

function Note({ view, settled }: { view: ClusterView; settled: boolean }) {
	const note = noteOn(view, settled);
	return <div role="status">{note && <p class="note">{note}</p>}</div>;
}

function Views() {
	const { cluster } = useSession();
	const view = useView(cluster);
	const { name: here, place } = useHere();
	const settled = useSettled(view);
	const [selection, setSelection] = useState<Selection>({ kind: "all" });
	const choose = useCallback((id: string) => setSelection({ kind: "nodes", ids: [id] }), []);
	const one = here === "shelf" && place !== TROUBLE ? place : "";
	const panel = view.mayCommand && view.nodes.length > 0 && (here === "shelf" || here === "strip");
	return (
		<>
			<Header view={view} here={here} />
			<main class={`view${view.link.state === "online" ? "" : " away"}`}>
				<Note view={view} settled={settled} />
				<div class={panel ? "with-panel" : ""}>
					{here === "shelf" && !one && <Shelf view={view} place={place} settled={settled} selection={selection} onSelection={setSelection} />}
					{one && <Details id={one} view={view} onOpen={choose} />}
					{here === "strip" && <Strip roster={view.roster} />}
					{here === "scenes" && <Scenes view={view} selection={selection} />}
					{here === "effects" && <Effects view={view} place={place} />}
					{here === "sync" && <Sync view={view} />}
					{here === "events" && <Events view={view} />}
					{panel && <Panel view={view} selection={selection} onSelection={setSelection} />}
				</div>
			</main>
		</>
	);
}

function open(core: Core, site: Site, user: string, password: string, logOut: () => void): Session {
	const cluster = createCluster(core, { prefix: site.prefix });
	const renderer = createRenderer(cluster);
	const history = createHistory(cluster);
	const link = openLink(cluster, { url: new URL("/mqtt", location.href).href.replace(/^http/, "ws"), username: user, password });
	Object.assign(globalThis, { glowswarm: { cluster, renderer } }); // for a look from the console, and for tests
	return {
		cluster,
		renderer,
		history,
		drafts: new Map<string, Draft>(),
		user,
		logOut,
		close() {
			link.close();
			history.close();
			renderer.close();
			cluster.close();
		},
	};
}

/* From the first attempt to log in until the account is inside or gives up. */
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
			<SessionContext.Provider value={session}>
				<Views />
			</SessionContext.Provider>
		);
	return <Login link={link} user={user} onLogin={logIn} onCancel={leave} />;
}
