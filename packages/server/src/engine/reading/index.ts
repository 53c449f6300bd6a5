// Reading workflows.
export { replayHistory, type ReplayResult } from "./replay-history.ts";
export { assertConditions, toRequestedPage } from "./requested-page.ts";
export { search } from "./search.ts";
export { type KnownRuns, type ReadStore, WorkflowReader } from "./workflow-reader.ts";
export { withoutSecretsOf } from "./history.ts";
export { replayJournal } from "./replay-journal.ts";
