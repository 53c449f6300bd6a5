// The scenario as a program: its input is in the environment, its result goes to stdout.
import { scenario } from "./scenario.ts";

console.log(JSON.stringify(await scenario(JSON.parse(process.env["SCENARIO"] ?? ""))));
