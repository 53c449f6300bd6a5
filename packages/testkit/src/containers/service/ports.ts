/** Where Flawless listens in its container. */
export const flawlessPort = 27_288;
/** Where PostgreSQL listens in its container. */
export const postgresPort = 5_432;
/** Where a control plane listens in its container. */
export const controlPlanePort = 3_020;
