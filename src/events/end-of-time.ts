/** After every moment of a ledger, in the form in which its texts sort as the moments do. */
export const END_OF_TIME = '9999-12-31T23:59:59.999Z';
