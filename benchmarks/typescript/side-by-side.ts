import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildModule } from "@flawless-ts/module-builder";
import { TestEnvironment } from "@flawless-ts/testkit";
import { median } from "../report/statistics.ts";
import racing from "./racing.ts";

/** Medians in milliseconds. */
export interface SideBySide {
  /** The time of one round of a race: around the 60th, and around the 10,000th. */
  readonly race: { readonly early: number; readonly late: number };
  /** From start to response, if the site takes 50 ms for each request. */
  readonly requests: { readonly one: number; readonly ten: number };
}

const rounds = 10_000;
const window = 100;
const repeats = 30;

/** Measures concurrent work in one workflow, on the engine alone. */
export async function measureSideBySide(): Promise<SideBySide> {
  const { wasm } = await buildModule({ entry: new URL("racing.ts", import.meta.url) });
  return { race: await measureRace(wasm), requests: await measureRequests(wasm) };
}

async function measureRace(wasm: Uint8Array): Promise<SideBySide["race"]> {
  const began: number[] = [];
  await using env = await TestEnvironment.create({
    http: ({ url }) => {
      const milliseconds = Number(new URL(url).pathname.slice(1));
      if (milliseconds === 1) began.push(performance.now());
      return { after: milliseconds };
    },
  });
  const module = await env.deploy(wasm, { contract: racing });
  const run = await module.start("rounds", { count: rounds, site: "https://site.example" });
  await run.response();
  const times = began.slice(1).map((at, index) => at - (began[index] ?? at));
  return { early: median(times.slice(10, 10 + window)), late: median(times.slice(-window)) };
}

async function measureRequests(wasm: Uint8Array): Promise<SideBySide["requests"]> {
  await using cleanUp = new AsyncDisposableStack();
  const site = createServer((_, response) => void setTimeout(() => response.end(), 50));
  await once(site.listen(0, "127.0.0.1"), "listening");
  cleanUp.defer(() => {
    site.closeAllConnections();
    site.close();
  });
  const { port } = site.address() as AddressInfo;
  const env = cleanUp.use(await TestEnvironment.create({ http: "network" }));
  const module = await env.deploy(wasm, { contract: racing });
  const times = { one: [] as number[], ten: [] as number[] };
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const [name, count] of [["one", 1] as const, ["ten", 10] as const]) {
      const start = performance.now();
      await (
        await module.start("requests", { count, site: `http://127.0.0.1:${port}` })
      ).response();
      times[name].push(performance.now() - start);
    }
  }
  return { one: median(times.one), ten: median(times.ten) };
}
