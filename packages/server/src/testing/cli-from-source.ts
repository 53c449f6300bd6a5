import { main } from "../cli/main.ts";

/** Runs `flawless` from its sources in its own process, for tests that need no build. */
await main();
