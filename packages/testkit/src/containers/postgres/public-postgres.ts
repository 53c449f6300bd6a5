/** The public image of PostgreSQL, used if there is no other. */
export const publicPostgres = "postgres:18";
