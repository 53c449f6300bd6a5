import { inspectModule } from "@flawless-ts/wasm-module";
import { entries } from "./entries";
import wasm from "./orders.ts?flawless";

const { name, version, workflows } = inspectModule(wasm);
if (!workflows.includes("checkout")) throw new Error(`no checkout in ${workflows.join(", ")}`);
console.log(`${entries.length} entries imported; ${name} ${version} is in the bundle`);
