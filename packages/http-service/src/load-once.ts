/**
 * Gives what `load` gives, which is called once, with the first call. A failure is not kept: the next call tries again, as a
 * module that could not be read while there was no file descriptor can be later.
 */
export function loadOnce<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
