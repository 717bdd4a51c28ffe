// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* A page's cluster time, against a conductor whose time is known: crystals that
 * run apart, packets that wait in queues, in virtual time. */

import assert from "node:assert/strict";
import test from "node:test";

import { Dice } from "./dice";
import { conductor, Lab, TIMELINE } from "./lab";

const MS = 1000000;
const EPOCH_NS = 1700000000000000000n;

/** A conductor somewhere behind a network; its crystal is 30 ppm faster than the page's. */
class Conductor {
	/** What it adds to its answers' times from now on. */
	stepNs = 0;
	silent = false;
	term = 3;
	boot = 9;
	answered = 0;
	private seen = 0;

	constructor(
		private readonly lab: Lab,
		private readonly dice: Dice,
		private readonly queueMs: number,
	) {}

	/** Cluster time in nanoseconds when the page's clock shows atMs. */
	timeNs(atMs: number): bigint {
		return EPOCH_NS + BigInt(Math.round(atMs * MS * (1 + 30e-6))) + BigInt(this.stepNs);
	}

	lead(): void {
		this.lab.hear("conductor/info", conductor({ term: this.term, boot: this.boot }), true);
		this.lab.hear("conductor/availability", "online", true);
	}

	/** Lets time pass and answers what is asked meanwhile. */
	serve(ms: number): void {
		for (const endMs = this.lab.nowMs + ms; this.lab.nowMs < endMs; this.lab.pass(1))
			for (; this.seen < this.lab.probes.length; this.seen++) this.take(this.seen);
	}

	private delayMs(): number {
		return 0.2 - Math.log(1 - this.dice.next()) * this.queueMs;
	}

	private take(k: number): void {
		const probe = this.lab.probes[k];
		if (!probe || this.silent) return;
		const hereMs = probe.atMs + this.delayMs();
		const reply = this.reply(probe.payload, this.timeNs(hereMs));
		const thereMs = hereMs + 0.05 + this.delayMs();
		this.lab.at(thereMs, () => {
			this.answered++;
			this.lab.cluster.message(probe.topic.replace("request", "reply"), reply, false, thereMs);
		});
	}

	private reply(request: Uint8Array, nowNs: bigint): Uint8Array {
		const bytes = new Uint8Array(48);
		const view = new DataView(bytes.buffer);
		bytes.set(request.subarray(0, 16));
		view.setBigInt64(16, nowNs, true);
		view.setBigInt64(24, nowNs + 50000n, true);
		view.setUint32(32, this.term, true);
		view.setUint32(36, this.boot, true);
		view.setBigUint64(40, BigInt(`0x${TIMELINE}`), true);
		return bytes;
	}
}

function begin(queueMs: number): { lab: Lab; shelf: Conductor } {
	const lab = new Lab();
	const shelf = new Conductor(lab, new Dice(1), queueMs);
	lab.online();
	shelf.lead();
	return { lab, shelf };
}

/** How far the page is from the conductor, in microseconds. */
function error(lab: Lab, shelf: Conductor): number {
	return Math.abs(lab.cluster.nowUs() - Number(shelf.timeNs(lab.nowMs) / 1000n));
}

test("a page without a conductor has its own clock and asks nobody", () => {
	const lab = new Lab();
	lab.online();
	lab.pass(10000);
	assert.equal(lab.probes.length, 0);
	assert.equal(lab.cluster.view.clock.valid, false);
	assert.equal(lab.cluster.nowUs(), (lab.wallMs + lab.nowMs) * 1000);
});

test("cluster time within a second, and better than a millisecond soon", () => {
	const { lab, shelf } = begin(1);
	shelf.serve(1000);
	assert.equal(lab.probes[0]?.topic, "glow/time/request/x/0001");
	assert.equal(lab.cluster.view.clock.valid, true);
	assert.ok(error(lab, shelf) < 3000, `off by ${error(lab, shelf)} µs`);
	shelf.serve(20000);
	assert.equal(lab.cluster.view.clock.state, "tracking");
	assert.ok(error(lab, shelf) < 1000, `off by ${error(lab, shelf)} µs`);
	assert.ok(lab.cluster.view.clock.error_us < 1000);
	assert.ok(lab.cluster.view.clock.rtt_us > 400);
});

// promise: time-runs-forward
test("time never runs backwards, and goes on when nobody answers", () => {
	const { lab, shelf } = begin(1);
	shelf.serve(5000);
	let before = lab.cluster.nowUs();
	for (let k = 0; k < 600; k++) {
		shelf.silent = k > 300;
		shelf.serve(100);
		assert.ok(lab.cluster.nowUs() > before);
		before = lab.cluster.nowUs();
	}
	assert.equal(lab.cluster.view.clock.state, "holdover");
	assert.ok(error(lab, shelf) < 2000, `off by ${error(lab, shelf)} µs`);
});

test("a link that is lost stops the probes, and one that is back starts them", () => {
	const { lab, shelf } = begin(1);
	shelf.serve(5000);
	lab.lose();
	const asked = lab.probes.length;
	lab.pass(30000);
	assert.equal(lab.probes.length, asked);
	lab.online();
	shelf.serve(10000);
	assert.ok(shelf.answered > asked);
	assert.equal(lab.cluster.view.clock.state, "tracking");
	assert.ok(error(lab, shelf) < 1000, `off by ${error(lab, shelf)} µs`);
});

test("another conductor on the same timeline is followed without a step", () => {
	const { lab, shelf } = begin(0.5);
	shelf.serve(20000);
	const beforeUs = lab.cluster.nowUs();
	shelf.term = 4;
	shelf.boot = 10;
	shelf.lead();
	assert.ok(lab.cluster.nowUs() - beforeUs < 1000);
	shelf.serve(20000);
	assert.equal(lab.cluster.view.clock.state, "tracking");
	assert.ok(error(lab, shelf) < 1000, `off by ${error(lab, shelf)} µs`);
});

test("control: a conductor whose time jumps is noticed", () => {
	const { lab, shelf } = begin(0.5);
	shelf.serve(5000);
	shelf.stepNs = 5000 * MS;
	assert.ok(error(lab, shelf) > 4000000);
	shelf.serve(30000);
	assert.ok(error(lab, shelf) < 2000, `off by ${error(lab, shelf)} µs`);
});
