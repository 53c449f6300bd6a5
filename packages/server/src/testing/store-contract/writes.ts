import { createHash } from "node:crypto";
import type { StoredModule, StoreWrite } from "../../store/workflow-store.ts";

/** Puts a message into the mailbox of workflow 1. */
export function message(sequence: number, type = "go", data = String(sequence)): StoreWrite {
  return { kind: "receive", id: 1, message: { sequence, type, data, at: 5 } };
}

/** Adds lines to a journal. */
export function append(position: number, lines: string, id = 1): StoreWrite {
  return { kind: "append", id, position, lines };
}

/** The bytes of {@link module}. */
export const bytes: Uint8Array = new Uint8Array([0, 1, 2, 255]);

/** SHA-256 (hex). */
export function hashOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A module that is deployed. */
export const module: StoredModule = {
  name: "m",
  version: "1",
  hash: hashOf(bytes),
  deployedAt: 7,
  inspection: {
    inspector: 1,
    sizeBytes: 3,
    workflows: ["start"],
    functionTypes: 4,
    cancellation: "none",
  },
};
