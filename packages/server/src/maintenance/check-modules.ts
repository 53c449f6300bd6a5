import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Findings } from "./findings.ts";

/** Checks that the bytes of each module exist and are those that were deployed. */
export function checkModules(database: DatabaseSync, findings: Findings): void {
  const stored = new Set<string>();
  for (const row of database.prepare("SELECT hash, bytes FROM module_bytes").iterate()) {
    const hash = String(row["hash"]);
    const bytes = row["bytes"] instanceof Uint8Array ? row["bytes"] : new Uint8Array();
    stored.add(hash);
    if (createHash("sha256").update(bytes).digest("hex") !== hash) {
      findings.fault(
        "changed modules",
        `the bytes of module ${hash} are not those that were deployed`,
      );
    }
  }
  const wanted =
    "SELECT hash, name || ' ' || version AS who FROM modules UNION " +
    "SELECT module_hash, 'a workflow of ' || module || ' ' || version FROM workflows JOIN kinds USING (kind) WHERE status = 'running'";
  for (const row of database.prepare(wanted).iterate()) {
    const { hash, who } = row;
    if (!stored.has(String(hash))) {
      findings.fault(
        "missing modules",
        `the bytes of module ${String(hash)} are missing: ${String(who)} needs them`,
      );
    }
  }
}
