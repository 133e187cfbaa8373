/**
 * Last segment of a calendar's add-member URL (RFC 5995 §3.2.1): no object has this name, and a
 * client that knows nothing of it does not come upon it.
 */
export const addMemberName = ";add-member";
