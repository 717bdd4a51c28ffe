// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

import { Component, type FunctionComponent } from "preact";

/** Is drawn again only when a property is another, or, with `same`, one that it tells apart. (The package's own comes
 *  with all that makes it look like React.) */
export function memo<P extends object>(Of: FunctionComponent<P>, same: (a: P, b: P) => boolean = alike): FunctionComponent<P> {
	class Memo extends Component<P> {
		override shouldComponentUpdate(next: P): boolean {
			return !same(this.props as P, next);
		}
		override render(props: P) {
			return <Of {...props} />;
		}
	}
	return Memo as unknown as FunctionComponent<P>;
}

function alike<P extends object>(a: P, b: P): boolean {
	const keys = Object.keys(a) as (keyof P)[];
	return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}
