import { testLoopbackOnly } from "@flawless-ts/test-helpers";

// loopback.long.test.ts runs the others, too.
testLoopbackOnly(import.meta.dirname, ["http1.loopback.test.ts", "http3.loopback.test.ts"]);
