import { expect, test } from "vitest";
import { bytes, hashOf, module } from "./writes.ts";
import type { TestStore } from "./test-store.ts";

/** How a store keeps modules. */
export function modulesContract(tested: TestStore): void {
  test("modules are read back with their bytes; a replaced module's bytes stay", async () => {
    const newBytes = new Uint8Array([9]);
    const second = { ...module, version: "2", inspection: null };
    await tested.store.commit([{ kind: "deploy", module, bytes }]);
    await tested.store.commit([{ kind: "deploy", module: second, bytes }]);
    await tested.store.commit([
      {
        kind: "deploy",
        module: { ...module, hash: hashOf(newBytes), deployedAt: 7 },
        bytes: newBytes,
      },
    ]);
    await tested.reopen();

    expect(await tested.store.modules()).toEqual([{ ...module, hash: hashOf(newBytes) }, second]);
    expect(Buffer.from((await tested.store.moduleBytes(hashOf(bytes))) ?? [])).toEqual(
      Buffer.from(bytes),
    );
    expect(Buffer.from((await tested.store.moduleBytes(hashOf(newBytes))) ?? [])).toEqual(
      Buffer.from(newBytes),
    );
  });
}
