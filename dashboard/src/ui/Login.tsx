// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The log-in: an account of the broker. */

import { useEffect, useRef } from "preact/hooks";
import type { LinkState } from "../model/cluster";
import { Mark } from "./Mark";
import { capital } from "./text";
import "./Login.css";

const sentence = (text: string): string => `${capital(text)}.`;

function Word({ link }: { link: LinkState | null }) {
	if (link?.state === "refused") return <p class="trouble">{sentence(link.why)}</p>;
	if (link?.state === "lost")
		return (
			<p class="trouble">
				{sentence(link.why)} <span class="quiet">Trying again…</span>
			</p>
		);
	return <p class="quiet">{link ? "Connecting…" : ""}</p>;
}

export function Login({
	link,
	user,
	onLogin,
	onCancel,
}: {
	/** null before the first try. */
	link: LinkState | null;
	user: string;
	onLogin: (user: string, password: string) => void;
	onCancel: () => void;
}) {
	const trying = link !== null && link.state !== "refused";
	const password = useRef<HTMLInputElement>(null);
	useEffect(() => {
		if (link?.state === "refused") password.current?.select();
	}, [link]);
	return (
		<main class="login">
			<form
				onSubmit={(e) => {
					e.preventDefault();
					const form = new FormData(e.currentTarget);
					onLogin(String(form.get("username")), String(form.get("password")));
				}}
			>
				<Mark />
				<h1>Glowswarm</h1>
				<label for="username">Account</label>
				<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck={false} defaultValue={user} readOnly={trying} />
				<label for="password">Password</label>
				<input ref={password} id="password" name="password" type="password" autocomplete="current-password" readOnly={trying} autofocus />
				<div role="alert">
					<Word link={link} />
				</div>
				{trying ? (
					<button type="button" class="quiet-do" onClick={onCancel}>
						Cancel
					</button>
				) : (
					<button type="submit" class="do">
						Log in
					</button>
				)}
				<p class="quiet">
					An account of the broker: a <em>viewer</em> may look, an <em>operator</em> may also command.
				</p>
			</form>
		</main>
	);
}
