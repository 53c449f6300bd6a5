/** On every container, network and volume: the session that made it. */
export const sessionLabel = "flawless-ts.session";
/** Beside it: the process of the session, as {@link ProcessIdentity} writes it. */
export const processLabel = "flawless-ts.process";
/** On each container: a text of its own, to find it even where starting it failed half-way. */
export const startLabel = "flawless-ts.start";
/** On images: the hash of what is in it. */
export const imageLabel = "flawless-ts.image";
