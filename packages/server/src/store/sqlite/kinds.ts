import type { Statements } from "@flawless-ts/sqlite-thread";

/** What a workflow runs. */
export interface Kind {
  readonly module: string;
  readonly version: string;
  readonly moduleHash: string;
  readonly workflow: string;
}

/** How many kinds are cached at most. */
const maxKnown = 10_000;

/** What workflows run (their kinds). Each kind has a number, which is stored in the workflows' rows. */
export class Kinds {
  readonly #statements: Statements;
  readonly #byNumber = new Map<number, Kind>();
  readonly #numbers = new Map<string, number>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** The number of a kind, which is assigned if need be. Call it in a transaction. */
  numberOf(kind: Kind): number {
    const { module, version, moduleHash, workflow } = kind;
    const key = `${module}\0${version}\0${workflow}\0${moduleHash}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#stored(kind);
      if (this.#numbers.size >= maxKnown) {
        this.#numbers.clear();
      }
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** @throws Error like SQLite's own for a damaged file, if no kind has this number */
  get(number: number): Kind {
    let kind = this.#byNumber.get(number);
    if (kind === undefined) {
      const row = this.#statements.get("SELECT * FROM kinds WHERE kind = ?").get(number);
      if (row === undefined) {
        const text = `nothing tells what kind of workflow number ${number} is`;
        throw Object.assign(new Error(text), { errcode: 11 });
      }
      kind = {
        module: String(row["module"]),
        version: String(row["version"]),
        moduleHash: String(row["module_hash"]),
        workflow: String(row["workflow"]),
      };
      if (this.#byNumber.size >= maxKnown) {
        this.#byNumber.clear();
      }
      this.#byNumber.set(number, kind);
    }
    return kind;
  }

  /** A transaction had no effect: the kinds it added don't exist. */
  forget(): void {
    this.#numbers.clear();
    this.#byNumber.clear();
  }

  #stored({ module, version, moduleHash, workflow }: Kind): number {
    const values = [module, version, workflow, moduleHash];
    const found = this.#statements
      .get(
        "SELECT kind FROM kinds WHERE module = ? AND version = ? AND workflow = ? AND module_hash = ?",
      )
      .get(...values);
    if (found !== undefined) {
      return Number(found["kind"]);
    }
    const sql = "INSERT INTO kinds (module, version, workflow, module_hash) VALUES (?, ?, ?, ?)";
    return Number(this.#statements.get(sql).run(...values).lastInsertRowid);
  }
}
