/** The public image of PostgreSQL, where there is no other. */
export const publicPostgres = "postgres:18";
