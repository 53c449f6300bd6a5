import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";
import { runFlawless, ServerProcess, WorkerProcess } from "./flawless-process.ts";
import orders from "./orders.ts";
import { Shop } from "./shop.ts";

// A signal would otherwise end only this process, not those that it started: they end on "exit".
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

async function main(): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "flawless-orders-"));
  cleanUp.defer(() => rm(directory, { recursive: true }));

  const file = join(directory, "orders.wasm");
  const source = fileURLToPath(new URL("orders.ts", import.meta.url));
  console.log(await runFlawless("build", source, "-o", file));

  // Without FLAWLESS_URL it starts its own server, which it may kill.
  const given = process.env["FLAWLESS_URL"];
  const server = cleanUp.use(new ServerProcess(join(directory, "data")));
  const url = given ?? (await server.start());
  const worker = cleanUp.use(new WorkerProcess());
  await worker.start(url);
  const shop = cleanUp.use(await Shop.open(given === undefined));

  await using flawless = new Flawless({ url });
  const module = await flawless.deploy(file, { contract: orders });
  const workflow = await module.start("checkout", { id: "A7", amount: 49.9, shop: shop.url });
  const untilItWaits = async (order: typeof workflow): Promise<void> => {
    while ((await order.state())?.step !== "waiting for approval") await pause(50);
  };
  console.log(`started ${workflow.id}`);

  if (given === undefined) {
    await shop.holds();
    await worker.kill();
    console.log("killed the worker while it charged; another one takes over");
    await worker.start(url);
  }
  await untilItWaits(workflow);
  console.log("it waits for someone to approve it");

  if (given === undefined) {
    await server.kill();
    console.log("killed the server; nothing runs now");
    await server.start();
    console.log("started it again: the order goes on where it was");
  }
  await workflow.send("approve", { by: "Ada" });
  console.log(`it responded ${JSON.stringify(await workflow.response())}`);

  const other = await module.start("checkout", { id: "A8", amount: 12, shop: shop.url });
  await untilItWaits(other);
  await other.cancel();
  const { status } = await other.completion();
  console.log(`another one, asked to cancel, undid what it had done and is ${status}`);
}

await main();
