// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/** Dice that fall alike for the same seed (mulberry32). */
export class Dice {
	constructor(private state: number) {}

	/** 0 <= x < 1 */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let x = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
		return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
	}

	/** An integer, both ends included. */
	between(low: number, high: number): number {
		return low + Math.floor(this.next() * (high - low + 1));
	}

	of<T>(list: readonly T[]): T {
		return list[this.between(0, list.length - 1)] as T;
	}
}
