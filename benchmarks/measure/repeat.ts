/** Makes this many calls in total; each caller waits for one to end before it begins the next. */
export async function repeat(
  calls: number,
  callers: number,
  call: (caller: number) => Promise<unknown>,
): Promise<void> {
  let begun = 0;
  const goOn = async (_: unknown, caller: number): Promise<void> => {
    while (begun < calls) {
      begun += 1;
      await call(caller);
    }
  };
  await Promise.all(Array.from({ length: callers }, goOn));
}
