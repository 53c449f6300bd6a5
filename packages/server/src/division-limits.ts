// In a file of their own, so that commands can tell them without loading the engine.

/** The max number of engines that share a working directory. */
export const maxEngines = 64;

/** The max number of partitions of a cluster: as many as fit beside the time in a workflow's id, see `WorkflowIds`. */
export const maxPartitions = 4_096;
