/** Flawless's port in its container. */
export const flawlessPort = 27_288;
/** PostgreSQL's port in its container. */
export const postgresPort = 5_432;
/** A control plane's port in its container. */
export const controlPlanePort = 3_020;
