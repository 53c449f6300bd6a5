import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, onTestFailed, test } from "vitest";
import { checkDirectory } from "../maintenance/check-directory.ts";
import { ClusterLoad } from "./cluster/cluster-load.ts";
import { OutsideWorld } from "./outside-world.ts";
import { SeededRandom } from "./random.ts";
import { ServerProcess } from "./server-process.ts";

const engines = 3;
const kills = 6;
const seed = 20_261_129;

test("three engines that are killed under load lose nothing, and do nothing twice", async () => {
  const random = new SeededRandom(seed);
  await using world = await OutsideWorld.open();
  await using server = await ServerProcess.start({ parameters: ["--engines", String(engines)] });
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
  const clients: Flawless[] = [];
  const client = (): Flawless => {
    const made = new Flawless({ url: server.url });
    clients.push(made);
    return made;
  };
  const load = await ClusterLoad.begin({ client }, world);
  for (let kill = 0; kill < kills; kill += 1) {
    await load.more(random.between(10, 60));
    server.kill();
    await server.end;
    await server.restart();
  }
  await load.more(20);
  await load.check();
  expect(load.accepted).toBeGreaterThan(kills * 10);
  await Promise.all(clients.map((each) => each.close()));
  server.terminate();
  expect((await server.end).code).toBe(0);

  expect(await checkDirectory(server.directory)).toMatchObject({ ok: true });
}, 180_000);

test("where the thread of an engine ends by itself, so does the process: it is started again as after a crash", async () => {
  using directory = new TemporaryDirectory();
  const script = fileURLToPath(new URL("../testing/lose-an-engine.ts", import.meta.url));
  const parameters = ["--conditions=@flawless-ts/source", script, directory.path];
  const ended = spawnSync(process.execPath, parameters, { encoding: "utf8", timeout: 60_000 });

  expect(ended.status).toBe(1);
  expect(ended.stderr).toContain("The thread of engine 1 has ended.");
  expect(await checkDirectory(directory.path)).toMatchObject({ ok: true, findings: [] });
}, 90_000);

test("an exit of the process leaves the journals of all engines whole", async () => {
  using directory = new TemporaryDirectory();
  const script = fileURLToPath(new URL("../testing/exit-with-engines.ts", import.meta.url));
  const parameters = ["--conditions=@flawless-ts/source", script, directory.path];
  expect(spawnSync(process.execPath, parameters, { timeout: 60_000 }).status).toBe(3);

  expect(await checkDirectory(directory.path)).toMatchObject({ ok: true, findings: [] });
}, 90_000);
