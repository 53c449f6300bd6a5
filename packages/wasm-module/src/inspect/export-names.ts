// Source: the crates flawless, flawless-macros and flawless-wasabi 1.0.0-beta.3, which give their exports these names.

/** The export of the guest's memory. */
export const memoryExportName = "memory";

/** The export that allocates guest memory for an answer: `(i32) -> i32`. */
export const allocExportName = "wasabi::alloc";

/** The prefix of the export whose name contains the module's name and version. */
export const moduleExportPrefix = "#flawless#module#";

/** Separates name and version in the name of that export. */
export const moduleVersionSeparator = "%_#_%";

const initExportPrefix = "#flawless#workflow#init#";
const runExportPrefix = "#flawless#workflow#run#";

/** The export to call first to run a workflow: `() -> i32`. */
export function initExportName(workflow: string): string {
  return initExportPrefix + workflow;
}

/** The export to call second to run a workflow, on the same instance: `() -> ()`. */
export function runExportName(workflow: string): string {
  return runExportPrefix + workflow;
}

/** The workflow and half that an export is; `null` if it is neither. */
export function parseWorkflowExport(
  name: string,
): { readonly half: "init" | "run"; readonly workflow: string } | null {
  if (name.startsWith(initExportPrefix))
    return { half: "init", workflow: name.slice(initExportPrefix.length) };
  if (name.startsWith(runExportPrefix))
    return { half: "run", workflow: name.slice(runExportPrefix.length) };
  return null;
}
