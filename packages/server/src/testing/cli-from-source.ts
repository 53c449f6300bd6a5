import { main } from "../cli/main.ts";

/** `flawless` from its sources, in a process of its own, for tests that need no build. */
await main();
