import { testLoopbackOnly } from "@flawless-ts/test-helpers";

// loopback.long.test.ts also runs the others.
testLoopbackOnly(import.meta.dirname, ["http1.loopback.test.ts", "http3.loopback.test.ts"]);
