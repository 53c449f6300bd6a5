/**
 * Returns the result of `load`, which is called once, on the first call. Failures are not kept: the next call tries again,
 * because a module that couldn't be read for lack of a file descriptor may be readable later.
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
