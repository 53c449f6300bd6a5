import { arrayParameter } from "./array-parameters.ts";
import type { Parameter, PostgresDatabase, Row } from "./postgres-database.ts";

/** An errand on its way to a partition of this database. Its texts are JSON. */
export interface ErrandRow {
  /** The same in every retry. */
  readonly id: string;
  readonly partition: number;
  readonly body: string;
}

/** The answer to an errand. */
export interface AnsweredErrand {
  readonly id: string;
  readonly answer: string;
}

/**
 * Errands in transit between partitions: the sender inserts them here, the owner of the partition executes them and
 * stores the answer in the same row. A lost row loses nothing: the sender repeats an errand until it is answered, and
 * it is executed once. Each call is one statement that is safe to send twice.
 */
export class ErrandTable {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  /** Inserts errands, except those that are here already. */
  async ask(errands: readonly ErrandRow[]): Promise<void> {
    await this.#query(
      (s) => `INSERT INTO ${s}.errands (id, partition, body)
        SELECT * FROM unnest($1::text[], $2::int4[], $3::text[]) ON CONFLICT DO NOTHING`,
      [
        texts(errands.map(({ id }) => id)),
        numbers(errands.map(({ partition }) => partition)),
        texts(errands.map(({ body }) => body)),
      ],
    );
  }

  /** Unanswered errands for some partitions, oldest first. @param beside ids to skip */
  async open(
    partitions: readonly number[],
    beside: readonly string[],
    limit: number,
  ): Promise<readonly ErrandRow[]> {
    const rows = await this.#query(
      (s) => `SELECT id, partition, body FROM ${s}.errands
        WHERE answer IS NULL AND partition = ANY($1::int4[]) AND id <> ALL($2::text[])
        ORDER BY asked_at, id LIMIT $3`,
      [numbers(partitions), texts(beside), limit],
    );
    return rows.map((row) => ({
      id: row["id"] as string,
      partition: row["partition"] as number,
      body: row["body"] as string,
    }));
  }

  async answer(answers: readonly AnsweredErrand[]): Promise<void> {
    await this.#query(
      (s) => `UPDATE ${s}.errands e SET answer = n.answer
        FROM unnest($1::text[], $2::text[]) AS n (id, answer) WHERE e.id = n.id`,
      [texts(answers.map(({ id }) => id)), texts(answers.map(({ answer }) => answer))],
    );
  }

  /** Removes and returns the answered ones among some errands. */
  async take(ids: readonly string[]): Promise<readonly AnsweredErrand[]> {
    const rows = await this.#query(
      (s) =>
        `DELETE FROM ${s}.errands WHERE id = ANY($1::text[]) AND answer IS NOT NULL RETURNING id, answer`,
      [texts(ids)],
    );
    return rows.map((row) => ({ id: row["id"] as string, answer: row["answer"] as string }));
  }

  /** Deletes answers that nobody took for a day: a sender that still waits asks again. */
  async forget(): Promise<void> {
    await this.#query(
      (s) =>
        `DELETE FROM ${s}.errands WHERE answer IS NOT NULL AND asked_at < now() - interval '1 day'`,
    );
  }

  #query(
    sql: (schema: string) => string,
    values: readonly Parameter[] = [],
  ): Promise<readonly Row[]> {
    return this.#database.query(sql(this.#database.schema), values);
  }
}

function texts(values: readonly string[]): Buffer {
  return arrayParameter("text", values);
}

function numbers(values: readonly number[]): Buffer {
  return arrayParameter("int4", values);
}
