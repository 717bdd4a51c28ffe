// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* The master dimmer. A blackout hides a level, and this browser remembers which: the cluster does not. */

import { useEffect, useState } from "preact/hooks";
import type { ClusterView } from "../model/cluster";
import { note, noted } from "../notebook";
import { Slider, Switch } from "./controls";
import { useSession } from "./hooks";
import { Outcome } from "./Outcome";
import { percent } from "./text";

const FULL = 255;

/** The last level that was no blackout, whoever set it. */
function levelBefore(): number {
	const level = Number(noted("level"));
	return Number.isInteger(level) && level > 0 && level <= FULL ? level : FULL;
}

/** `may`: there is a conductor to do it. */
export function Dimmer({ view, may }: { view: ClusterView; may: boolean }) {
	const { cluster } = useSession();
	const [sent, setSent] = useState<number[]>([]);
	const { brightness } = view.dim;
	useEffect(() => {
		if (may && brightness > 0) note("level", String(brightness));
	}, [may, brightness]);
	const dim = (to: number) => setSent([cluster.dim(to)]);
	const why = may ? undefined : "only a conductor can dim all boards, and there is none";
	return (
		<div class="dimmer" title={why}>
			<Slider label="master dimmer" value={brightness} min={0} max={FULL} text={percent} disabled={!may} onChange={dim} />
			<Switch label="blackout" on={brightness === 0} disabled={!may} onChange={(on) => dim(on ? 0 : levelBefore())} />
			<Outcome view={view} keys={sent} />
		</div>
	);
}
