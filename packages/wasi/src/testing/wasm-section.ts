/** One section: its number and its content, shorter than 128 bytes. */
export function section(id: number, ...content: readonly number[]): number[] {
  return [id, content.length, ...content];
}

/** A name, shorter than 128 bytes, prefixed by its length. */
export function name(value: string): number[] {
  const bytes = Buffer.from(value);
  return [bytes.length, ...bytes];
}
