import { main } from "../../packages/server/dist/cli/main.js";

await main();
