/** What a form to start a workflow is for. */
export interface StartTarget {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** Id of a workflow whose input is to be filled in. */
  readonly like?: string;
}

/** The address of the page with a form to start a workflow. */
export function startAddress({ module, version, workflow, like }: StartTarget): string {
  const query = new URLSearchParams({ module, version, workflow });
  if (like !== undefined) {
    query.set("like", like);
  }
  return `/start?${query.toString()}`;
}
