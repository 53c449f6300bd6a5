/** The part of V8's CPU profile used here. Source: the type `Profile` in the DevTools protocol's domain Profiler. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      /** Counted from 0. */
      readonly lineNumber: number;
    };
  }[];
  /** The node that each sample was taken in. */
  readonly samples?: readonly number[];
  /** Microseconds since the previous sample. */
  readonly timeDeltas?: readonly number[];
}

/** The time spent in a function itself, not in those that it called. */
export interface SelfTime {
  readonly where: string;
  readonly milliseconds: number;
}

/** The self times in several profiles together, longest first. */
export function selfTimes(profiles: readonly CpuProfile[]): readonly SelfTime[] {
  const microseconds = new Map<string, number>();
  for (const { nodes, samples = [], timeDeltas = [] } of profiles) {
    const places = new Map(nodes.map((node) => [node.id, describePlace(node.callFrame)]));
    for (const [index, id] of samples.entries()) {
      const place = places.get(id) ?? "(unknown)";
      microseconds.set(place, (microseconds.get(place) ?? 0) + (timeDeltas[index] ?? 0));
    }
  }
  return [...microseconds]
    .map(([where, time]) => ({ where, milliseconds: time / 1000 }))
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
}

/** Functions of Node.js and of packages are only identified by file: their lines say little here. */
function describePlace({
  functionName,
  url,
  lineNumber,
}: CpuProfile["nodes"][number]["callFrame"]): string {
  if (url.startsWith("wasm://")) {
    return "guests (WebAssembly)";
  }
  const name = functionName === "" ? "(anonymous)" : functionName;
  if (url === "") {
    return name;
  }
  const dependency = url.lastIndexOf("/node_modules/");
  if (dependency >= 0) {
    return `${name} ${url.slice(dependency + "/node_modules/".length)}`;
  }
  const own = url.lastIndexOf("/packages/");
  return own >= 0 ? `${name} ${url.slice(own + 1)}:${lineNumber + 1}` : `${name} ${url}`;
}
