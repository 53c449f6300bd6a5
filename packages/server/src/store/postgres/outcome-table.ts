import { arrayParameter } from "./array-parameters.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

/** The outcome of a request that a partition's former owner sent. */
export interface StoredOutcome {
  /** Identifies the request, among all requests of all workflows. */
  readonly id: string;
  readonly partition: number;
  readonly text: string;
}

/**
 * Outcomes in transit from a partition's former owner to the present one. They are rows of the table `errands` that are
 * answered from the beginning, so nobody executes them, and those that nobody removes are forgotten like other answers:
 * see `ErrandTable.forget`. Each call is one statement that is safe to send twice.
 */
export class OutcomeTable {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  async put(outcomes: readonly StoredOutcome[]): Promise<void> {
    const { schema } = this.#database;
    await this.#database.query(
      `INSERT INTO ${schema}.errands (id, partition, body, answer)
        SELECT n.id, n.partition, '', n.answer
        FROM unnest($1::text[], $2::int4[], $3::text[]) AS n (id, partition, answer) ON CONFLICT DO NOTHING`,
      [
        ids(outcomes),
        arrayParameter(
          "int4",
          outcomes.map(({ partition }) => partition),
        ),
        arrayParameter(
          "text",
          outcomes.map(({ text }) => text),
        ),
      ],
    );
  }

  /**
   * Those of some outcomes that are there. They stay.
   * @param maxBytes reads no more texts once they have this size
   * @returns `text` is null for those that were not read
   */
  async find(
    wanted: readonly string[],
    maxBytes: number,
  ): Promise<readonly { readonly id: string; readonly text: string | null }[]> {
    const { schema } = this.#database;
    const rows = await this.#database.query(
      `SELECT id, CASE WHEN bytes_before < $2 THEN answer END AS answer FROM (
          SELECT id, answer, coalesce(sum(octet_length(answer))
            OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
          FROM ${schema}.errands WHERE id = ANY($1::text[]) AND answer IS NOT NULL
        ) AS found`,
      [arrayParameter("text", wanted.map(rowId)), maxBytes],
    );
    return rows.map((row) => ({
      id: (row["id"] as string).slice(prefix.length),
      text: row["answer"] as string | null,
    }));
  }

  /** All that are there, without their texts. */
  async all(): Promise<readonly Omit<StoredOutcome, "text">[]> {
    const { schema } = this.#database;
    const rows = await this.#database.query(
      `SELECT id, partition FROM ${schema}.errands WHERE starts_with(id, $1) ORDER BY id`,
      [prefix],
    );
    return rows.map((row) => ({
      id: (row["id"] as string).slice(prefix.length),
      partition: row["partition"] as number,
    }));
  }

  async remove(outcomes: readonly string[]): Promise<void> {
    const { schema } = this.#database;
    await this.#database.query(`DELETE FROM ${schema}.errands WHERE id = ANY($1::text[])`, [
      arrayParameter("text", outcomes.map(rowId)),
    ]);
  }
}

/** No errand's id begins like this. */
const prefix = "outcome of ";

function rowId(id: string): string {
  return prefix + id;
}

function ids(outcomes: readonly StoredOutcome[]): Buffer {
  return arrayParameter(
    "text",
    outcomes.map(({ id }) => rowId(id)),
  );
}
