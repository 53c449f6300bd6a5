// Commands on workflows: start them, send them messages, cancel them.
export { Cancellations } from "./cancellations.ts";
export { isOfOne, MassRestarts } from "./mass-restarts.ts";
export { Restarts } from "./restarts.ts";
export { WorkflowCommands } from "./workflow-commands.ts";
export { assertStartable, WorkflowStarts } from "./workflow-starts.ts";
