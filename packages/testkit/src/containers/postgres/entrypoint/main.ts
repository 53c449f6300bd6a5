// Runs as the first process of PostgreSQL's container: creates the files at the first start, as the public image does
// (POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB), and becomes PostgreSQL.

import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, renameSync, rmSync } from "node:fs";

const postgres = "/opt/postgres/bin/postgres";
/** A database cluster created with the image, because `initdb` needs a shell, which the image lacks. */
const template = "/opt/postgres-template";

function read(name: string, otherwise: string): string {
  return process.env[name] || otherwise;
}

function makeFiles(data: string): void {
  // Atomically: a container killed in between starts over.
  const arriving = `${data}.arriving`;
  rmSync(arriving, { recursive: true, force: true });
  cpSync(template, arriving, { recursive: true, preserveTimestamps: true });
  const user = read("POSTGRES_USER", "postgres");
  const database = read("POSTGRES_DB", user);
  const password = read("POSTGRES_PASSWORD", "");
  if (password === "") {
    throw new Error("POSTGRES_PASSWORD has to be set: the password of the database's superuser.");
  }
  const statements = [
    ...(user === "postgres" ? [] : [`CREATE ROLE ${name(user)} SUPERUSER LOGIN`]),
    `ALTER ROLE ${name(user)} PASSWORD '${password.replaceAll("'", "''")}'`,
    ...(database === "postgres" ? [] : [`CREATE DATABASE ${name(database)} OWNER ${name(user)}`]),
  ];
  const { status, error } = spawnSync(postgres, ["--single", "-D", arriving, "postgres"], {
    input: statements.map((statement) => `${statement}\n`).join(""),
    stdio: ["pipe", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`The database could not be made: ${error?.message ?? status}`);
  appendFileSync(`${arriving}/pg_hba.conf`, "\nhost all all all scram-sha-256\n");
  renameSync(arriving, data);
}

function name(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

try {
  const data = read("PGDATA", "/var/lib/postgresql/data");
  if (!existsSync(`${data}/PG_VERSION`)) makeFiles(data);
  // After `postgres`, the command's name, as with the public image.
  const settings = process.argv.slice(3);
  const args = [postgres, "-D", data, "-c", "listen_addresses=*", ...settings];
  process.execve?.(postgres, args, process.env);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
