import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Flawless } from "@flawless-ts/sdk";
import { startServer } from "@flawless-ts/server";
import { TestEnvironment } from "@flawless-ts/testkit";
import { median } from "../report/statistics.ts";

/** The bytes of modules that have the workflow `ten_steps`. */
export interface Modules {
  readonly typescript: Uint8Array;
  readonly rust: Uint8Array;
}

/** Medians from start to response, in milliseconds. */
export interface Speed {
  /** In this process, with a journal in memory: the engine alone. */
  readonly engine: { readonly typescript: number; readonly rust: number };
  /** Over HTTP, with a journal on disk: as seen by a caller. */
  readonly server: { readonly typescript: number; readonly rust: number };
}

const warmUps = 1_000;
const rounds = 500;

type Play = () => Promise<unknown>;

/** Runs both in turn, so that other load on the machine affects both. */
async function interleave(typescript: Play, rust: Play): Promise<Speed["engine"]> {
  const times = { typescript: [] as number[], rust: [] as number[] };
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [name, play] of [["typescript", typescript] as const, ["rust", rust] as const]) {
      const start = performance.now();
      await play();
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  return { typescript: median(times.typescript), rust: median(times.rust) };
}

async function measureEngine(modules: Modules): Promise<Speed["engine"]> {
  await using env = await TestEnvironment.create();
  const typescript = await env.deploy(modules.typescript);
  const rust = await env.deploy(modules.rust);
  return await interleave(
    async () => (await typescript.start("ten_steps", null)).response(),
    async () => (await rust.start("ten_steps", null)).response(),
  );
}

async function measureServer(modules: Modules): Promise<Speed["server"]> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "flawless-benchmark-"));
  cleanUp.defer(() => rm(directory, { recursive: true }));
  const server = await startServer({ directory, port: 0 });
  cleanUp.use(server);
  const flawless = new Flawless({ url: server.url });
  cleanUp.use(flawless);
  const typescript = await flawless.deploy(modules.typescript);
  const rust = await flawless.deploy(modules.rust);
  return await interleave(
    () => typescript.start("ten_steps", null),
    () => rust.start("ten_steps", null),
  );
}

export async function measureSpeed(modules: Modules): Promise<Speed> {
  return { engine: await measureEngine(modules), server: await measureServer(modules) };
}
