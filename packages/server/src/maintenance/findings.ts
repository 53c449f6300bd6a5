/** Something wrong or noteworthy in a journal. */
export interface Finding {
  /** `fault`: something is lost, or a workflow can't continue; `note`: worth knowing. */
  readonly severity: "fault" | "note";
  /** What is wrong, and where. */
  readonly what: string;
  /** What `--repair` does about it, in words; `null` if it can't be repaired without a loss. */
  readonly repair: string | null;
}

/** What can be repaired without a loss. */
export type RepairKind = "indexes" | "wake-ups";

const repairTexts: Readonly<Record<RepairKind, string>> = {
  indexes: "the indexes are made anew from the tables",
  "wake-ups": "it is set to what follows from the workflow's state",
};

/** The max number of findings of one kind that are listed; the rest are counted. */
const maxOfAKind = 20;

interface Kind {
  readonly severity: Finding["severity"];
  readonly repair: string | null;
  readonly whats: string[];
  count: number;
}

/** Collects findings. */
export class Findings {
  readonly #kinds = new Map<string, Kind>();
  readonly #repairs = new Set<RepairKind>();

  /**
   * @param kind shown in place of the findings beyond the max number
   * @param repair what can be repaired without a loss; default nothing
   */
  fault(kind: string, what: string, repair?: RepairKind): void {
    if (repair !== undefined) {
      this.#repairs.add(repair);
    }
    this.#add("fault", kind, what, repair === undefined ? null : repairTexts[repair]);
  }

  note(kind: string, what: string): void {
    this.#add("note", kind, what, null);
  }

  /** What `--repair` can do. */
  get repairs(): ReadonlySet<RepairKind> {
    return this.#repairs;
  }

  get faults(): number {
    let faults = 0;
    for (const { severity, count } of this.#kinds.values()) {
      faults += severity === "fault" ? count : 0;
    }
    return faults;
  }

  all(): readonly Finding[] {
    return [...this.#kinds].flatMap(([kind, { severity, repair, whats, count }]) => [
      ...whats.map((what) => ({ severity, what, repair })),
      ...(count > whats.length
        ? [{ severity, what: `and ${count - whats.length} more: ${kind}`, repair }]
        : []),
    ]);
  }

  #add(severity: Finding["severity"], name: string, what: string, repair: string | null): void {
    const key = `${name}${repair === null ? "" : `; ${repair}`}`;
    const kind = this.#kinds.get(key) ?? { severity, repair, whats: [], count: 0 };
    this.#kinds.set(key, kind);
    kind.count += 1;
    if (kind.whats.length < maxOfAKind) {
      kind.whats.push(what);
    }
  }
}
