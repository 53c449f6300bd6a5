/** The end of the range of keys with this prefix: keys are visible ASCII characters. */
export function afterKeys(prefix: string): string {
  return `${prefix}\u007f`;
}
