import { defineContract, Flawless, type } from "@flawless-ts/sdk";
import { entries } from "./entries.cjs";

const contract = defineContract({
  name: "orders",
  version: "1.0.0",
  workflows: { checkout: { input: type<{ id: number }>(), response: type<number>() } },
});
const flawless = new Flawless({ url: "http://127.0.0.1:1" });
const module_ = flawless.module(contract);
// @ts-expect-error -- the contract knows the input's type
void (() => module_.execute("checkout", { id: "7" }));
console.log(`${entries.length} entries required under Node ${process.versions.node}`);
