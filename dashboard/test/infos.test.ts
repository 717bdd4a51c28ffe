// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Which infos a page asks for, where a roster tells what its boards are. */

import assert from "node:assert/strict";
import test from "node:test";

import { AUTO, conduct, conductor, info, Lab, labWith } from "./lab";

const KIND = { ...info("x", { effects: undefined, effects_hash: "0123456789abcdef" }), id: undefined, groups: undefined, pixels: undefined };

function rosterOf(kinds: object[], ...nodes: object[]): object {
	return { rev: 1, effective_us: 0, pixels: 8 * nodes.length, kinds, nodes: nodes.map((node, k) => ({ pixels: 8, offset: 8 * k, ...node })) };
}

const known = (lab: Lab): string[] => lab.cluster.view.nodes.map(({ id, info, state }) => `${id} ${info?.board} ${info?.groups} ${state?.effect}`);

/** Nodes of which infos come only if they are asked for. */
function visited(lab: Lab, ...ids: string[]): void {
	for (const id of ids) {
		lab.hear(`node/${id}/availability`, "online", true);
		lab.hear(`node/${id}/state`, AUTO, true);
	}
}

test("a roster that tells of kinds spares the infos", () => {
	const lab = new Lab();
	conduct(lab);
	lab.hear("roster", rosterOf([KIND], { id: "pi1", groups: ["shelf"], kind: 1 }, { id: "pi2" }, { id: "pi3", kind: 0 }), true);
	assert.ok(!lab.cluster.nodeTopics().includes("glow/node/+/info"));
	visited(lab, "pi1", "pi2", "pi3");
	lab.online();
	assert.deepEqual(known(lab), ["pi1 virtual shelf auto", "pi2 virtual  auto", "pi3 undefined undefined undefined"]);
	lab.pass(1100);
	assert.deepEqual(lab.listened, ["glow/node/pi3/info"]);
	lab.hear("node/pi3/info", info("pi3", { board: "own" }), true);
	assert.equal(known(lab)[2], "pi3 own shelf auto");
	/* A board that comes is in the roster soon; one that the roster tells of no more is asked. */
	visited(lab, "pi4");
	lab.pass(900);
	lab.hear("roster", { ...rosterOf([{ ...KIND, board: "new" }], { id: "pi1", kind: 1 }, { id: "pi4" }), rev: 2 });
	assert.deepEqual(known(lab), ["pi1 new  auto", "pi4 new  auto", "pi2 undefined undefined auto", "pi3 own shelf auto"]);
	lab.pass(3000);
	assert.deepEqual(lab.listened, ["glow/node/pi3/info", "glow/node/pi2/info"]);
	lab.hear("node/pi2/info", info("pi2"), true);
	/* After another connection what was read once is not missed. */
	lab.lose();
	lab.online();
	assert.ok(lab.cluster.nodeTopics().includes("glow/node/pi3/info"));
	lab.hear("roster", { ...rosterOf([{ ...KIND, board: "new" }], { id: "pi1", kind: 1 }, { id: "pi3" }), rev: 2 }, true);
	visited(lab, "pi1", "pi2", "pi3", "pi4");
	lab.hear("node/pi2/info", info("pi2"), true);
	lab.pass(6000);
	assert.deepEqual(known(lab), ["pi1 new  auto", "pi3 new  auto", "pi2 virtual shelf auto", "pi4 undefined undefined auto"]);
});

test("of many that the roster lacks all infos are read, and where it tells of no kinds", () => {
	const lab = new Lab();
	conduct(lab);
	lab.hear("roster", rosterOf([KIND], { id: "pi1", kind: 1 }), true);
	lab.online();
	visited(lab, ...Array.from({ length: 16 }, (_, k) => `n${k}`));
	lab.pass(1100);
	assert.equal(lab.listened.length, 16);
	visited(lab, "n16");
	lab.pass(1100);
	assert.equal(lab.listened[16], "glow/node/+/info");
	visited(lab, "n17");
	lab.pass(1100);
	assert.equal(lab.listened.length, 17);
	const other = new Lab();
	conduct(other);
	other.hear("roster", rosterOf([KIND], { id: "pi1", kind: 1 }), true);
	other.online();
	visited(other, "pi1");
	other.pass(2000);
	assert.deepEqual(other.listened, []);
	other.hear("roster", { ...rosterOf([], { id: "pi1" }), rev: 2 });
	other.pass(1100);
	assert.deepEqual(other.listened, ["glow/node/+/info"]);
	const small = labWith("pi1"); // which reads all from the beginning
	small.pass(2000);
	assert.deepEqual(small.listened, []);
});

test("of many that come by and by all infos are read, too", () => {
	const lab = new Lab();
	conduct(lab);
	lab.hear("roster", rosterOf([KIND], { id: "pi1", kind: 1 }), true);
	lab.online();
	for (let k = 0; k < 20; k++) {
		visited(lab, `n${k}`);
		lab.pass(1100);
		if (k < 16) assert.deepEqual(lab.listened.slice(k), [`glow/node/n${k}/info`]);
		lab.hear(`node/n${k}/info`, info(`n${k}`), true);
	}
	assert.deepEqual(lab.listened.slice(16), ["glow/node/+/info"]);
	lab.lose();
	assert.deepEqual(lab.cluster.nodeTopics().filter((topic) => topic.endsWith("/info")), ["glow/node/+/info"]);
});

test("a page that reads all infos does so after another connection, too", () => {
	const lab = labWith("pi1", "pi2");
	conduct(lab);
	const roster = rosterOf([KIND], { id: "pi1", kind: 1 });
	lab.hear("roster", roster, true);
	lab.hear("node/pi2/availability", "offline");
	lab.lose();
	conduct(lab);
	lab.hear("roster", roster, true);
	const all = lab.cluster.nodeTopics().includes("glow/node/+/info");
	lab.online();
	visited(lab, "pi1", "pi2");
	lab.hear("node/pi2/availability", "offline", true);
	for (const id of all ? ["pi1", "pi2"] : []) lab.hear(`node/${id}/info`, info(id), true);
	lab.pass(6000);
	assert.deepEqual(known(lab), ["pi1 virtual shelf auto", "pi2 virtual shelf auto"]);
});

test("an old roster is not believed, but a conductor has its time to come back", () => {
	const page = (): Lab => {
		const lab = new Lab();
		conduct(lab);
		lab.hear("roster", rosterOf([KIND], { id: "pi1", kind: 1 }), true);
		assert.ok(!lab.cluster.nodeTopics().includes("glow/node/+/info"));
		lab.online();
		visited(lab, "pi1");
		lab.pass(5000);
		return lab;
	};
	const lab = page();
	visited(lab, "pi2"); // would be asked in a second
	lab.hear("conductor/availability", "offline");
	lab.pass(9000);
	assert.deepEqual(lab.listened, []);
	conduct(lab);
	lab.pass(60000);
	assert.deepEqual(lab.listened, ["glow/node/pi2/info"]);
	lab.hear("conductor/info", conductor({ state: "adopting" }));
	lab.pass(11000);
	assert.deepEqual(lab.listened.slice(1), ["glow/node/+/info"]);
	conduct(lab);
	lab.hear("conductor/availability", "offline");
	lab.pass(60000);
	assert.equal(lab.listened.length, 2, "once");
	const other = page(); // which loses its connection as well
	other.hear("conductor/availability", "offline");
	other.lose();
	assert.ok(other.cluster.nodeTopics().includes("glow/node/+/info"));
});
