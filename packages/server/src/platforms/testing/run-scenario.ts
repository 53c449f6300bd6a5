// The scenario as a program: its input comes in the environment, what came of it goes to stdout.
import { scenario } from "./scenario.ts";

console.log(JSON.stringify(await scenario(JSON.parse(process.env["SCENARIO"] ?? ""))));
