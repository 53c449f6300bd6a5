/** The parts of a handmade module. Its functions take nothing, return nothing, and do nothing. */
export interface ModuleParts {
  /** Imported functions, as `module.name`. */
  readonly functions?: readonly string[];
  /** Whether it imports a memory as `env.memory`. */
  readonly importsMemory?: boolean;
  /** Names of exported functions. */
  readonly exports?: readonly string[];
  /** Pages of its own memory, exported as `memory`. */
  readonly pages?: number;
}

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Writes a small module. */
export function moduleBytes({
  functions = [],
  importsMemory = false,
  exports = [],
  pages,
}: ModuleParts): Uint8Array {
  const imports = functions.map((link) => {
    const [module = "", name = ""] = link.split(".");
    return [...text(module), ...text(name), 0x00, 0x00];
  });
  if (importsMemory) imports.push([...text("env"), ...text("memory"), 0x02, 0x00, 0x01]);
  const exported = exports.map((name, index) => [...text(name), 0x00, functions.length + index]);
  if (pages !== undefined) exported.push([...text("memory"), 0x02, 0x00]);
  return new Uint8Array([
    ...header,
    ...section(1, [[0x60, 0x00, 0x00]]),
    ...section(2, imports),
    ...section(
      3,
      exports.map(() => [0x00]),
    ),
    ...section(5, pages === undefined ? [] : [[0x00, pages]]),
    ...section(7, exported),
    ...section(
      10,
      exports.map(() => [0x02, 0x00, 0x0b]),
    ),
  ]);
}

/** All lengths here are below 128, so each takes one byte. */
function section(id: number, entries: readonly (readonly number[])[]): number[] {
  const content = [entries.length, ...entries.flat()];
  return entries.length === 0 ? [] : [id, content.length, ...content];
}

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [bytes.length, ...bytes];
}
