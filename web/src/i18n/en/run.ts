/** What is said about runs: queueing, progress, errors, queue, history, pictures. */
export const run = {};
