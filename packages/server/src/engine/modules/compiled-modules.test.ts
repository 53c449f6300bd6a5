import { beforeEach, expect, test } from "vitest";
import type { InspectedModule } from "../../modules/inspected-module.ts";
import { CompiledModules } from "./compiled-modules.ts";

let forgotten: string[];
let modules: CompiledModules;

beforeEach(() => {
  forgotten = [];
  modules = new CompiledModules(100, (hash) => forgotten.push(hash));
});

async function add(hash: string, sizeBytes: number): Promise<void> {
  const inspection = {
    inspector: 1,
    sizeBytes,
    workflows: [`of ${hash}`],
    functionTypes: 1,
    cancellation: "none" as const,
  };
  const module = {
    name: hash,
    version: "1",
    hash,
    inspection,
    codeBytes: 0,
  } as unknown as InspectedModule;
  await modules.add(hash, Promise.resolve(module));
}

test("the least recently used goes when there is no room, and its workflows stay known", async () => {
  await add("a", 40);
  await add("b", 40);
  expect((await modules.get("a"))?.hash).toBe("a");
  await add("c", 40);

  expect(forgotten).toEqual(["b"]);
  expect(modules.get("b")).toBeUndefined();
  expect((await modules.get("a"))?.hash).toBe("a");
  expect(modules.workflowNames("b")).toEqual(["of b"]);
});

test("a compiled module that is larger than all the room is cached alone", async () => {
  await add("a", 40);
  await add("large", 1_000);

  expect(forgotten).toEqual(["a"]);
  expect((await modules.get("large"))?.hash).toBe("large");
});

test("a module that could not be compiled is tried again", async () => {
  await expect(modules.add("a", Promise.reject(new Error("no")))).rejects.toThrow("no");

  expect(modules.get("a")).toBeUndefined();
});
