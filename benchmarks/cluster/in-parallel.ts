/** Does something many times, some of them at once. @param work gets the number of the call, from 0 */
export async function inParallel(
  count: number,
  atOnce: number,
  work: (number: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let number = next++; number < count; number = next++) {
        await work(number);
      }
    }),
  );
}
