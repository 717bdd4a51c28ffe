// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The page: the log-in, and behind it the views of one cluster. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Core } from "./core";
import { createRenderer } from "./draw/renderer";
import { createHistory } from "./history";
import { openLink } from "./link";
import { createCluster, type ClusterView, type LinkState } from "./model/cluster";
import type { Draft } from "./model/drafts";
import { summaryOf, troublesOf } from "./model/status";
import { note, noted } from "./notebook";
import { type Account, eraseAccount, keepAccount } from "./sealed";
import { Header, VIEWS, type ViewName } from "./ui/Header";
import { follow, SessionContext, useSession, useView, type Session, type Selection } from "./ui/hooks";
import { later } from "./ui/later";
import { Login } from "./ui/Login";
import { useEscape, useFocus, useScroll, useTitle } from "./ui/moves";
import { Panel } from "./ui/Panel";
import { Shelf } from "./ui/Shelf";
import "./ui/views.css";

const views = () => import("./ui/views");
const Details = later(async () => (await views()).Details);
const Effects = later(async () => (await views()).Effects);
const Events = later(async () => (await views()).Events);
const Paint = later(async () => (await views()).Paint);
const Presets = later(async () => (await views()).Presets);
const Scenes = later(async () => (await views()).Scenes);
const Strip = later(async () => (await views()).Strip);
const Sync = later(async () => (await views()).Sync);

/** Told by the server beside the page. */
export interface Site {
	prefix: string;
}

/** The view, and what of it: #effects/aurora. */
interface Here {
	readonly name: ViewName | "paint";
	readonly place: string;
	/** #shelf/pi1/all: all of it. */
	readonly part: string;
}

function decoded(place: string): string {
	try {
		return decodeURIComponent(place);
	} catch {
		return place;
	}
}

function useHere(): Here {
	const read = (): Here => {
		const [view, place = "", part = ""] = location.hash.slice(1).split("/");
		return { name: view === "paint" ? view : (VIEWS.find(([name]) => name === view)?.[0] ?? "shelf"), place: decoded(place), part };
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
	const { name: here, place, part } = useHere();
	const settled = useSettled(view);
	useEffect(() => {
		if (settled) void views().catch(() => {}); // so that they are there when somebody looks
	}, [settled]);
	const [selection, setSelection] = useState<Selection>({ kind: "all" });
	const main = useRef<HTMLElement>(null);
	const title = here === "paint" ? "Paint" : (VIEWS.find(([name]) => name === here)?.[1] ?? "Shelf");
	useTitle(`${summaryOf(view, troublesOf(view, settled), settled)} · ${title} · Glowswarm`);
	useFocus(main);
	useScroll(`${here}/${place}/${part}`);
	const chooses = here === "shelf" || here === "strip";
	const choose = useCallback((id: string) => setSelection({ kind: "nodes", ids: [id] }), []);
	const one = here === "shelf" && part === "all" ? place : "";
	useEscape(() => chooses && setSelection({ kind: "all" }));
	const panel = view.mayCommand && view.nodes.length > 0 && chooses;
	return (
		<>
			<a
				class="skip"
				href="#content"
				onClick={(e) => {
					e.preventDefault();
					main.current!.focus();
				}}
			>
				Skip to {title}
			</a>
			<Header view={view} here={here === "paint" ? "shelf" : here} settled={settled} />
			<main ref={main} id="content" tabIndex={-1} class={`view${view.link.state === "online" ? "" : " away"}`}>
				<Note view={view} settled={settled} />
				<div class={panel ? "with-panel" : ""}>
					{here === "shelf" && !one && <Shelf view={view} place={place} settled={settled} selection={selection} onSelection={setSelection} />}
					{one && <Details id={one} view={view} onOpen={choose} />}
					{here === "strip" && <Strip view={view} />}
					{here === "scenes" && <Scenes view={view} selection={selection} />}
					{here === "presets" && <Presets view={view} selection={selection} />}
					{here === "effects" && <Effects view={view} place={place} />}
					{here === "paint" && <Paint view={view} place={place} />}
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
		kept: new Map<string, unknown>(),
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

const ENTER_EVERY_MS = 16;

/* From the first attempt to log in until the account is inside or gives up. Messages change nothing here: the page would be
 * made anew with each. */
function useEntered(session: Session | null): { link: LinkState | null; entered: boolean } {
	const [now, setNow] = useState<{ session: Session | null; link: LinkState | null; entered: boolean }>({
		session: null,
		link: null,
		entered: false,
	});
	useEffect(() => {
		if (!session) return;
		return follow(session.cluster, ENTER_EVERY_MS, () => {
			const { link, mayCommand } = session.cluster.view;
			setNow((was) => {
				const same = was.session === session;
				const entered = link.state !== "refused" && ((same && was.entered) || (link.state === "online" && mayCommand !== null));
				return same && was.link === link && was.entered === entered ? was : { session, link, entered };
			});
		});
	}, [session]);
	return now.session === session ? now : { link: null, entered: false };
}

/** `account` is what this tab had before it was loaded again. */
export function App({ core, site, account }: { core: Core; site: Site; account: Account | null }) {
	const [session, setSession] = useState<Session | null>(null);
	const [user, setUser] = useState(() => account?.user ?? noted("account") ?? "viewer");
	const { link, entered } = useEntered(session);
	const given = useRef<Account | null>(account);

	const leave = () => {
		void eraseAccount();
		setSession((s) => {
			s?.close();
			return null;
		});
	};
	function logIn(name: string, password: string) {
		session?.close();
		setUser(name);
		given.current = { user: name, password };
		note("account", name);
		setSession(open(core, site, name, password, leave));
	}
	useEffect(() => {
		if (account) logIn(account.user, account.password);
	}, []);
	/* What lets in is remembered, what does not is not. */
	useEffect(() => {
		if (entered && given.current) void keepAccount(given.current);
		else if (link?.state === "refused") void eraseAccount();
		if (entered) given.current = null;
	}, [entered, link?.state === "refused"]);

	if (session && entered)
		return (
			<SessionContext.Provider value={session}>
				<Views />
			</SessionContext.Provider>
		);
	return <Login link={link} user={user} onLogin={logIn} onCancel={leave} />;
}
