import type { DatabaseSync } from "node:sqlite";
import { partitionOfSchedule } from "../cluster/partition-of.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type { Findings } from "./findings.ts";

/** Checks that all workflows and schedules are in the journal of the engine that is responsible for them. */
export function checkPlaces(
  database: DatabaseSync,
  { engine, engines }: { readonly engine: number; readonly engines: number },
  findings: Findings,
): void {
  const elsewhere = database.prepare("SELECT id FROM workflows WHERE id % ? <> ?");
  for (const { id } of elsewhere.iterate(engines, engine)) {
    findings.fault(
      "workflows of other engines",
      `workflow ${toPublicId(Number(id))} is in the journal of engine ${engine}, where nobody looks for it`,
    );
  }
  for (const { name } of database.prepare("SELECT name FROM schedules").iterate()) {
    if (partitionOfSchedule(String(name), engines) !== engine) {
      findings.fault(
        "schedules of other engines",
        `schedule ${String(name)} is in the journal of engine ${engine}, where nobody looks for it`,
      );
    }
  }
}
