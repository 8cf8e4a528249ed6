/** Limits of every session, as PostgreSQL intervals of wall time. */
export const IDLE_LIMIT = '30 minutes';
export const ABSOLUTE_LIMIT = '12 hours';
/** How old the note of the last use may be before it is written anew. */
export const TOUCH_AFTER = '1 minute';
