import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Flawless } from "@flawless-ts/sdk";
import { startServer } from "@flawless-ts/server";
import { entries } from "./entries.js";
import orders from "./orders.js";

const directory = mkdtempSync(join(tmpdir(), "nodenext-"));
const file = join(directory, "orders.wasm");
try {
  execFileSync("flawless", ["build", "orders.ts", "-o", file]);
  await using server = await startServer({ directory: join(directory, "data"), port: 0 });
  await using flawless = new Flawless({ url: server.url });
  const module = await flawless.deploy(file, { contract: orders });
  const { reminded } = await module.execute("checkout", { id: 7 });
  if (reminded !== 7) throw new Error(`expected 7, but got ${reminded}`);
  // @ts-expect-error -- the contract knows the input's type
  void (() => module.execute("checkout", { id: "7" }));
  console.log(`${entries.length} entries imported; built, deployed and ran a workflow`);
} finally {
  rmSync(directory, { recursive: true });
}
