// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* What every browser has and Node 18 has not: test.sh puts it before each test. */

import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto as Crypto;
