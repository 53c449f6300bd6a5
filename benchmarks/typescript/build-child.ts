import { buildModule } from "@flawless-ts/module-builder";

// Builds a file repeatedly, and prints how many milliseconds each build took, as JSON.

const [entry = "", types] = process.argv.slice(2);
const times: number[] = [];
for (let build = 0; build < 6; build += 1) {
  const start = performance.now();
  await buildModule({ entry, types: types === "true" });
  times.push(performance.now() - start);
}
console.log(JSON.stringify(times));
