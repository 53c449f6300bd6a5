/** The workflow that a form starts. */
export interface StartTarget {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** The id of a workflow whose input prefills the form. */
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
