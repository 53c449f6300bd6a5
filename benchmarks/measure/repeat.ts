/**
 * Makes this many calls in total; each caller waits for one to end before it begins the next.
 *
 * @param call gets the number of the caller and of the call, both from 0
 */
export async function repeat(
  calls: number,
  callers: number,
  call: (caller: number, number: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const goOn = async (_: unknown, caller: number): Promise<void> => {
    for (let number = next++; number < calls; number = next++) {
      await call(caller, number);
    }
  };
  await Promise.all(Array.from({ length: callers }, goOn));
}
