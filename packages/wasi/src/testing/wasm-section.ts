/** One section: its number, and what is in it, shorter than 128 bytes. */
export function section(id: number, ...content: readonly number[]): number[] {
  return [id, content.length, ...content];
}

/** A name, shorter than 128 bytes, with its length before it. */
export function name(value: string): number[] {
  const bytes = Buffer.from(value);
  return [bytes.length, ...bytes];
}
