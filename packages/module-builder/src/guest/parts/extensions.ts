import { activities } from "../extensions/activities.ts";
import { markBegun, takeBegun } from "../extensions/begun.ts";
import { continueAsNew, fail, labels, receivedUpdate, setState } from "../extensions/publishing.ts";
import { waitSideBySide } from "../extensions/side-by-side.ts";
import { details, startChild, workflowReference } from "../extensions/workflows.ts";
import { shared } from "../shared.ts";

/** Features that need a host with extensions: docs/host-extensions.md. */
export interface ExtensionsPart {
  readonly activities: typeof activities;
  readonly continueAsNew: typeof continueAsNew;
  readonly details: typeof details;
  readonly fail: typeof fail;
  readonly labels: typeof labels;
  readonly markBegun: typeof markBegun;
  readonly receivedUpdate: typeof receivedUpdate;
  readonly setState: typeof setState;
  readonly startChild: typeof startChild;
  readonly takeBegun: typeof takeBegun;
  readonly waitSideBySide: typeof waitSideBySide;
  readonly workflowReference: typeof workflowReference;
}

shared.publish("extensions", {
  activities,
  continueAsNew,
  details,
  fail,
  labels,
  markBegun,
  receivedUpdate,
  setState,
  startChild,
  takeBegun,
  waitSideBySide,
  workflowReference,
});
