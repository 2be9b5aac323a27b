/** The row of a table that says that a simulated EC2 told of a resource. */
export const SIMULATED_ROW = ['simulated', 'EC2 was simulated, and AWS was never called'];
