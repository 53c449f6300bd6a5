/** What comes after all keys that begin so: they are visible ASCII characters. */
export function afterKeys(prefix: string): string {
  return `${prefix}\u007f`;
}
