import type { DatabaseSync } from "node:sqlite";
import { isReadableSchedule } from "../engine/index.ts";
import type { Findings } from "./findings.ts";

/** A row of the table of schedules; in PostgreSQL it has the same columns. */
export type ScheduleRow = Readonly<Record<string, unknown>>;

/** Checks that each schedule can be read. */
export function checkSchedules(database: DatabaseSync, findings: Findings): void {
  for (const row of database.prepare("SELECT * FROM schedules").iterate()) {
    checkSchedule(row, findings);
  }
}

export function checkSchedule(row: ScheduleRow, findings: Findings): void {
  const [name, spec, input, state] = ["name", "spec", "input", "state"].map((column) =>
    String(row[column]),
  ) as [string, string, string, string];
  if (!isReadableSchedule({ name, spec, input, state })) {
    findings.fault(
      "schedules that can't be read",
      `what is kept of schedule ${JSON.stringify(name.slice(0, 100))} can't be read any more: delete it, and make it anew`,
    );
  }
}
