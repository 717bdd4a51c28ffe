// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Where the page begins. */

import { render } from "preact";

render(<main>Glowswarm</main>, document.body);
