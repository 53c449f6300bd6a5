import { TestEnvironment, writeHistory } from "@flawless-ts/testkit";
import { contract, modulePath } from "./modules.ts";

await using env = await TestEnvironment.create({
  http: { "*": { body: "fine" } },
  secrets: { token: "a secret" },
});
const module = await env.deploy(modulePath, { contract });
const run = await module.start("all_calls", { url: "https://shop.example", secret: "token" });
await run.send("go", { value: "now" });
await run.completion();
await writeHistory(new URL("../histories/checkout.json", import.meta.url), await run.history());
