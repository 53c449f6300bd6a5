/**
 * What a workflow can ask of others. An engine answers for those of its own partition, where children live with their
 * parents; asking other nodes for the rest would be another implementation of this.
 */
export interface OtherWorkflows {
  /**
   * Waits for a workflow's end.
   * @returns the result of an operation of the kind `result`, as JSON text
   * @throws the signal's reason; or an error where the engine stops
   */
  result(id: string, signal: AbortSignal): Promise<string>;
}
