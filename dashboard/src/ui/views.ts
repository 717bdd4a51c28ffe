// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* All views but the shelf, which nobody waits for to see that: App loads them as one file afterwards. Their styles are in
 * views.css, since the bundler links none of what is loaded later. */

export { Details } from "./Details";
export { Effects } from "./Effects";
export { Events } from "./Events";
export { Paint } from "./Paint";
export { Presets } from "./Presets";
export { Scenes } from "./Scenes";
export { Strip } from "./Strip";
export { Sync } from "./Sync";
