/** Does something so many times, some at once. @param work is told how often it was done before */
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
