import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";
import { runFlawless, ServerProcess } from "./flawless-process.ts";
import orders from "./orders.ts";

/** The shop that the workflow calls: says yes to everything. */
async function openShop(): Promise<Server> {
  const shop = createServer((request, response) => {
    console.log(`the shop gets ${request.method} ${request.url}`);
    response.writeHead(201).end();
    request.resume();
  });
  await once(shop.listen(0, "127.0.0.1"), "listening");
  return shop;
}

async function main(): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "flawless-orders-"));
  cleanUp.defer(() => rm(directory, { recursive: true }));
  const shop = await openShop();
  cleanUp.defer(() => void shop.close());

  const file = join(directory, "orders.wasm");
  const source = fileURLToPath(new URL("orders.ts", import.meta.url));
  console.log(await runFlawless("build", source, "-o", file));

  // Without FLAWLESS_URL it brings a server of its own, which it may kill.
  const server = new ServerProcess(join(directory, "data"));
  cleanUp.use(server);
  const given = process.env["FLAWLESS_URL"];
  const url = given ?? (await server.start());

  await using flawless = new Flawless({ url });
  const module = await flawless.deploy(file, { contract: orders });
  const { port } = shop.address() as AddressInfo;
  const order = { id: "A7", amount: 49.9, shop: `http://127.0.0.1:${port}` };
  const workflow = await module.start("checkout", order);
  console.log(`started ${workflow.id}: it waits for someone to approve it`);

  if (given === undefined) {
    await server.kill();
    console.log("killed the server; nothing runs now");
    await server.start();
    console.log("started it again: the order goes on where it was");
  }

  await workflow.send("approve", { by: "Ada" });
  console.log(`it responded ${JSON.stringify(await workflow.response())}`);
}

await main();
